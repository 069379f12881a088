import * as tf from '@tensorflow/tfjs-core';
import type { captureStep, CapturedStep, Feeds } from '@cantrip/core-tensor-gpu';
import { options, type Row, type Rows } from '../../row.ts';
import {
  anything,
  arrayOf,
  callable,
  either,
  named,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
  tensor,
} from '../../rules.ts';

type Step = CapturedStep<unknown, unknown>;

const greatest = 3.4028234663852886e38;
/** A number enters as it is, as a tensor's numbers do: also one that is not finite. */
const feed: Rule = either(
  (value) => typeof value === 'number',
  tensor({ dtypes: ['float32', 'int32', 'bool', 'complex64', 'string'] }),
);
const feeds: Rule = (value) => either(feed, arrayOf(feeds), named(feeds))(value);
const perChannel = number({ min: -greatest, max: greatest });
const two: Rule = (value) => value instanceof Float32Array && value.length === 2;
const bytes = (): object => ({
  values: new Uint8Array(2),
  shape: [1, 2],
  normalization: { scale: 1, offset: 0 },
});

/** A call of a step that was captured. */
const calling = (
  right: Row['right'],
  legal: Row['legal'],
  use: (step: Step, args: readonly unknown[]) => unknown,
  body: (...given: readonly unknown[]) => unknown = () => tf.scalar(1),
): Row => ({
  right,
  legal,
  async call(capture, args) {
    const step = (capture as typeof captureStep)(body) as Step;
    try {
      return await use(step, args);
    } finally {
      step.dispose();
    }
  },
});
const run = (step: Step, [inputs, given]: readonly unknown[]): unknown =>
  step.run(inputs as Feeds<unknown>, given as object);
const runSync = (step: Step, [inputs, given]: readonly unknown[]): unknown =>
  step.runSync(inputs as Feeds<unknown>, given as object);
const runX = (step: Step, [x]: readonly unknown[]): unknown => step.runSync({ x } as Feeds<unknown>);
const runOptions = options({ structure: optional((value) => typeof value === 'string') }, optionalOptions);

/** Steps that are captured, and their calls. */
export const captureRows: Rows = {
  captureStep: [
    {
      right: () => [() => tf.scalar(1), {}],
      legal: [
        callable,
        options(
          {
            compile: optional(oneOf('xla')),
            precision: optional(oneOf('bfloat16')),
            compare: optional(oneOf('first', 'later')),
            where: optional(callable),
            ownValues: optional(callable),
          },
          optionalOptions,
        ),
      ],
    },
    calling(() => [{ x: 1 }, {}], [feeds, runOptions], run),
    calling(() => [{ x: 1 }, {}], [feeds, runOptions], runSync),
    calling(
      () => [{ values: new Float32Array(2), shape: [1, 2] }],
      [options({ values: two, shape: nothing, normalization: optional(nothing) }, feeds)],
      runX,
    ),
    calling(
      () => [bytes()],
      [options({ values: two, shape: nothing, normalization: optional(nothing) }, feeds)],
      runX,
    ),
    calling(
      () => [{ scale: 1, offset: 0 }],
      [options({ scale: perChannel, offset: perChannel }, (value) => value === undefined)],
      (step, [normalization]) => step.runSync({ x: { ...bytes(), normalization } } as Feeds<unknown>),
    ),
    {
      ...calling(
        () => [tf.scalar(1)],
        [
          either(
            arrayOf(nothing),
            named(nothing),
            (value) => value instanceof tf.Tensor && !value.isDisposed,
          ),
        ],
        () => undefined,
      ),
      call: (capture, [result]) => {
        const step = (capture as typeof captureStep)(() => result) as Step;
        try {
          return step.runSync({});
        } finally {
          step.dispose();
        }
      },
    },
  ],
  failedInCall: { right: () => [new Error('nonsense')], legal: [anything] },
  stoppedRecording: { right: () => [new Error('nonsense')], legal: [anything] },
  whyNoBfloat16: 'takes nothing',
  whyNoCapture: 'takes nothing',
};

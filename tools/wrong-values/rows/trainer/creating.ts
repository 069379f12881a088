import { accuracy, meanSquaredError, type Trainer } from '@cantrip/trainer';
import { data, options, type Row } from '../../row.ts';
import {
  arrayOf,
  either,
  flag,
  integer,
  name,
  named,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
  text,
} from '../../rules.ts';
import { sgd } from '@cantrip/optimizers';
import { trainerOptions } from './tiny-run.ts';

/** A function that may be one of the user's: neither a class nor one of our factories, nor one that gives something else. */
const function_: Rule = (value) => typeof value === 'function' && value.name !== 'Settings' && value !== sgd;
const synchronous: Rule = (value) =>
  function_(value) && (value as { constructor: { name: string } }).constructor.name === 'Function';
/** Of a loss or an optimizer that somebody wrote. */
const ownFunction: Rule = (value) => value === sgd || synchronous(value);
const mayWait: Rule = (value) =>
  function_(value) && (value as { constructor: { name: string } }).constructor.name !== 'GeneratorFunction';
const absent: Rule = (value) => !value && typeof value !== 'bigint' && !Number.isNaN(value);

const create: NonNullable<Row['call']> = (exported, args) => {
  (exported as (...given: readonly unknown[]) => Trainer)(...args).dispose();
};

const plugin = (): object => ({
  name: 'own',
  environment: { CANTRIP_NOTHING: '1' },
  seed: 1,
  provides: ['nothing'],
  after: ['other'],
  conflicts: { another: 'of a reason' },
  state: () => ({}),
  onStepEnd: () => undefined,
});

/** What trainers are made of. */
export const creatingRows: readonly Row[] = [
  {
    right: () => [trainerOptions()],
    legal: [
      options({
        model: mayWait,
        optimizer: synchronous,
        loss: synchronous,
        lossWeights: optional(nothing),
        metrics: optional((value) => optionalOptions(value) || arrayOf(nothing)(value)),
        plugins: optional(arrayOf(absent)),
        device: optional(nothing),
        capture: optional(either(flag, oneOf('auto'))),
        compile: optional(nothing),
        precision: optional(oneOf('float32', 'bfloat16')),
        checkLossEvery: optional(integer({ min: 1 })),
        handleInterrupt: optional(flag),
        reporter: optional(flag),
        log: optional((value) => typeof value === 'function'),
      }),
    ],
    call: create,
  },
  {
    right: () => [
      {
        ...trainerOptions(),
        loss: { digit: meanSquaredError(), other: meanSquaredError() },
        lossWeights: { digit: 1 },
        metrics: { digit: [{ ...accuracy() }] },
        plugins: [plugin()],
      },
    ],
    legal: [
      data({
        'loss.digit': either(synchronous, oneOf(null)),
        'lossWeights.digit': number({ min: 0 }),
        'metrics.digit': arrayOf(nothing),
        'metrics.digit.0': nothing,
        'metrics.digit.0.name': name,
        'metrics.digit.0.compute': ownFunction,
        'metrics.digit.0.measure': optional(ownFunction),
        'metrics.digit.0.ignoreIndex': optional(integer()),
        'metrics.digit.0.check': optional(ownFunction),
        'metrics.digit.0.checkLoss': optional(ownFunction),
      }),
    ],
    call: create,
  },
  {
    right: () => [{ ...trainerOptions(), loss: { ...meanSquaredError() } }],
    legal: [
      data({
        'loss.name': name,
        'loss.compute': ownFunction,
        'loss.measure': optional(ownFunction),
        'loss.counts': optional(oneOf('labels', 'nothing')),
        'loss.takesWeights': optional(flag),
        'loss.ignoreIndex': optional(integer()),
        'loss.applies': optional(oneOf('softmax', 'sigmoid')),
        'loss.answers': optional(oneOf('softmax', 'sigmoid')),
        'loss.isRegression': optional(flag),
        'loss.check': optional(ownFunction),
        'loss.classes': optional(ownFunction),
      }),
    ],
    call: create,
  },
  {
    right: () => [{ ...trainerOptions(), optimizer: { ...sgd({ momentum: 0.9 }) } }],
    legal: [
      data({
        'optimizer.name': name,
        'optimizer.learningRate': number(),
        'optimizer.scalars': optional(arrayOf(text)),
        'optimizer.batchesPerStep': optional(integer({ min: 1 })),
        'optimizer.keeps': optional(arrayOf(text)),
        'optimizer.start': ownFunction,
      }),
    ],
    call: create,
  },
  {
    who: ['own'],
    right: () => [{ ...trainerOptions(), plugins: [plugin()] }],
    legal: [
      data({
        // A promise is awaited when the trainer is opened.
        'plugins.0': (value) =>
          absent(value) || Number.isNaN(value) || arrayOf(absent)(value) || value instanceof Promise,
        'plugins.0.name': name,
        'plugins.0.environment': optional(named(text)),
        'plugins.0.environment.CANTRIP_NOTHING': text,
        'plugins.0.compile': optional(nothing),
        'plugins.0.seed': optional(integer({ min: 0 })),
        'plugins.0.provides': optional(arrayOf(text)),
        'plugins.0.provides.0': text,
        'plugins.0.after': optional(arrayOf(either(text))),
        'plugins.0.after.0': text,
        'plugins.0.conflicts': optional(named(text)),
        'plugins.0.conflicts.another': text,
        'plugins.0.state': optional((value) => typeof value === 'function'),
        'plugins.0.setup': optional((value) => typeof value === 'function'),
        'plugins.0.onStepEnd': optional((value) => typeof value === 'function'),
        'plugins.0.transformLoss': optional((value) => typeof value === 'function'),
      }),
    ],
    call: create,
  },
];

import { isDeepStrictEqual } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, type Snapshot, type Trainer } from '@cantrip/trainer';
import { data, options, type Row } from '../../row.ts';
import {
  anything,
  integer,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  type OptionRules,
  plain,
  type Rule,
  text,
} from '../../rules.ts';
import { numbers, trainerOptions } from './tiny-run.ts';

const floats =
  (length: number): Rule =>
  (value) =>
    value instanceof Float32Array && value.length === length;
const tensor = (path: string, length: number): OptionRules => ({
  [path]: nothing,
  [`${path}.dtype`]: oneOf('float32'),
  [`${path}.shape`]: nothing,
  [`${path}.shape.0`]: oneOf(2),
  [`${path}.values`]: floats(length),
});
const totals = (side: 'sums' | 'weights'): OptionRules => ({
  [`totals.${side}`]: nothing,
  [`totals.${side}.loss/`]: number(),
  [`totals.${side}.loss+`]: number(),
});

interface Subject {
  readonly trainer: Trainer;
  /** Of the middle of the second epoch. */
  readonly snapshot: Snapshot;
}

const subject: Subject = await train();

async function train(): Promise<Subject> {
  const trainer = createTrainer({
    ...trainerOptions(),
    optimizer: sgd({ momentum: 0.9 }),
    plugins: [
      {
        name: 'own',
        seed: 1,
        state: () => ({ count: 1 }),
        variables: () => ({ average: tf.variable(tf.zeros([2])) }),
        onStepEnd: ({ step, run }) => (step === 3 ? run.stop('in the middle of an epoch') : undefined),
      },
    ],
  });
  const examples = [...numbers(), ...numbers()];
  await trainer.fit(examples, examples, { epochs: 2, batchSize: 2, shuffle: false });
  return { trainer, snapshot: await trainer.save() };
}

/** Restores into one trainer, which must be as it was where that is refused. */
async function restore(args: readonly unknown[]): Promise<void> {
  const { trainer, snapshot } = subject;
  try {
    await (trainer.restore as (...given: readonly unknown[]) => Promise<void>)(...args);
  } catch (error) {
    if (isDeepStrictEqual(await trainer.save(), snapshot)) throw error;
    throw new Error('what was refused has changed the trainer', { cause: error });
  }
  await trainer.restore(structuredClone(snapshot));
}

/** What `restore` takes. */
export const restoringRows: readonly Row[] = [
  {
    who: ['restore', 'trainer'],
    right: () => [structuredClone(subject.snapshot), {}],
    legal: [
      options({
        version: oneOf(1),
        seed: oneOf(1),
        position: nothing,
        'position.epoch': oneOf(0, 1),
        'position.step': oneOf(3),
        'position.batch': oneOf(1),
        'position.examples': oneOf(1, 2, 3),
        'position.batches': integer({ min: 3, max: 3 }),
        totals: nothing,
        ...totals('sums'),
        ...totals('weights'),
        variables: nothing,
        ...tensor('variables.layer/kernel', 4),
        ...tensor('variables.layer/bias', 2),
        optimizer: nothing,
        'optimizer.name': nothing,
        'optimizer.batchesPerStep': oneOf(1),
        'optimizer.keeps': nothing,
        'optimizer.keeps.0': nothing,
        'optimizer.slots': nothing,
        'optimizer.slots.0': nothing,
        slots: nothing,
        ...tensor('slots.layer/kernel/momentum', 4),
        data: nothing,
        'data.batchesPerEpoch': integer({ min: 1 }),
        'data.examplesPerEpoch': optional(integer({ min: 2 })),
        'data.signature': optional(text),
        plugins: nothing,
        'plugins.own': nothing,
        'plugins.own.state': plain,
        'plugins.own.state.count': anything,
        'plugins.own.variables': nothing,
        ...tensor('plugins.own.variables.average', 2),
      }),
      options({ only: optional(oneOf('weights')) }, optionalOptions),
    ],
    call: (_, args) => restore(args),
  },
  {
    who: ['restore', 'trainer'],
    right: () => [structuredClone(subject.snapshot), { only: 'weights' }],
    legal: [
      data({
        version: oneOf(1),
        variables: nothing,
        ...tensor('variables.layer/kernel', 4),
      }),
    ],
    call: (_, args) => restore(args),
  },
];

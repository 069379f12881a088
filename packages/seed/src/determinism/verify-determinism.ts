import { CantripError, describe, parseOptions } from '@cantrip/errors';
import { batchesPerEpoch } from '@cantrip/plugin-kit';
import type { BatchSource, PluginList, Trainer } from '@cantrip/trainer';
import * as v from 'valibot';
import { type Parting, partingMessage, partingOf } from './parting.ts';
import { createProbes, type ProbeOptions } from './probes.ts';
import { firstDifference, type FirstDifference, type Trace } from './trace.ts';

/** Makes a new trainer whose list of plugins was passed to `watch`. */
export type MakeTrainer = (watch: (plugins: PluginList) => PluginList) => Trainer;

export interface VerifyDeterminismOptions {
  /** The training data; read twice or more. */
  readonly data: BatchSource;
  /** The number of steps to compare. */
  readonly steps: number;
  /** The length of the run, for schedules; by default the number of epochs that the steps need. */
  readonly epochs?: number | undefined;
}

/** The result of {@link verifyDeterminism}. */
export interface DeterminismReport {
  /** Whether the losses of all steps and the weights after each step have the same bits. */
  readonly deterministic: boolean;
  /** The result in words. */
  readonly message: string;
  /** The first difference, if there is one. */
  readonly parting: Parting | undefined;
}

const schema = v.strictObject({
  data: v.custom<BatchSource>(isBatchSource, 'must be a dataset with batchesPerEpoch and batches()'),
  steps: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  epochs: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
});

/**
 * Trains twice and compares the runs bit for bit. If they differ, it names the first step, tensor and plugin at
 * which they differ.
 *
 * The first two runs compare losses and weights after each step. This does not change the step, whether it is
 * captured or not. If they differ, two more runs record every tensor after every hook: the batch, outputs, targets,
 * loss, gradients and weights. These runs keep a copy of each tensor on the device.
 *
 * @throws CantripError OPTION_INVALID, or any error of the training
 * @example
 * ```ts
 * const report = await verifyDeterminism(
 *   (watch) => createTrainer({ model, optimizer, loss, plugins: watch([seed({ value: 42 }), mixup()]) }),
 *   { data: train, steps: 20 },
 * );
 * report.message;
 * // the runs differ at step 17 in batch inputs after mixup.transformBatch (96 of 288 elements differ, by 0.25 at most);
 * // equal before it: learningRate, batch inputs, batch targets; the last plugin hook before it is
 * // mixup.transformBatch.
 * ```
 */
export async function verifyDeterminism(
  makeTrainer: MakeTrainer,
  options: VerifyDeterminismOptions,
): Promise<DeterminismReport> {
  parseOptions('verifyDeterminism', v.object({ makeTrainer: v.function() }), { makeTrainer });
  const { data, steps, epochs } = parseOptions('verifyDeterminism', schema, options);
  const length = Math.max(epochs ?? 0, Math.ceil(steps / batchesPerEpoch(data)));
  const trainers = new Set<Trainer>();
  const compare = async (probes: ProbeOptions): Promise<Outcome> => {
    const train = (): Promise<Trace> => traced({ makeTrainer, trainers, data, epochs: length, probes });
    const first = await train();
    const second = await train();
    return { seeds: [first.seed, second.seed], difference: firstDifference(first, second) };
  };
  const outside = await compare({ steps, what: 'results' });
  const [first, second] = outside.seeds;
  if (!outside.difference) {
    return { deterministic: true, message: `${steps} steps are equal to the bit.`, parting: undefined };
  }
  if (first !== second) return otherSeeds(outside.seeds);
  const keepStep = outside.difference.place.step;
  const inside = await compare({ steps: keepStep + 1, what: 'all', keepStep });
  return partingReport(outside.difference, inside.difference);
}

interface Outcome {
  readonly seeds: readonly [number, number];
  readonly difference: FirstDifference | undefined;
}

interface Training {
  readonly makeTrainer: MakeTrainer;
  /** Trainers that were made before. */
  readonly trainers: Set<Trainer>;
  readonly data: BatchSource;
  readonly epochs: number;
  readonly probes: ProbeOptions;
}

async function traced({ makeTrainer, trainers, data, epochs, probes: options }: Training): Promise<Trace> {
  const probes = createProbes(options);
  let watched = false;
  const trainer = requireTrainer(makeTrainer((list) => ((watched = true), probes.insert(list))));
  try {
    if (!watched) throw wrongTrainer('did not pass its plugins to watch', 'Write plugins: watch([…])');
    if (trainers.has(trainer))
      throw wrongTrainer(
        'returned the same trainer again',
        'Call createTrainer inside makeTrainer, so that each call returns a new trainer',
      );
    trainers.add(trainer);
    await trainer.fit(data, { epochs });
    return probes.trace()!;
  } finally {
    trainer.dispose();
    probes.dispose();
  }
}

function otherSeeds([first, second]: readonly [number, number]): DeterminismReport {
  const place = { step: 0, tensor: 'seed', hook: 'setup', plugin: undefined };
  return {
    deterministic: false,
    message: `the runs have different seeds, ${first} and ${second}. Set one: plugins: [seed({ value: ${first} }), …].`,
    parting: { ...place, lastHook: undefined, difference: undefined },
  };
}

function partingReport(outside: FirstDifference, inside: FirstDifference | undefined): DeterminismReport {
  const parting = partingOf(inside ?? outside);
  const message = partingMessage(parting, (inside ?? outside).before);
  const unseen = ' The two runs that record every tensor were equal, so the cause before it is not known.';
  return { deterministic: false, parting, message: inside ? message : message + unseen };
}

function requireTrainer(trainer: Trainer): Trainer {
  if (typeof (trainer as Trainer | null | undefined)?.fit === 'function') return trainer;
  const what = trainer instanceof Promise ? 'returned a promise' : `returned ${describe(trainer)}`;
  throw wrongTrainer(what, 'Return the trainer that createTrainer returns, without a promise');
}

function wrongTrainer(what: string, fix: string): CantripError {
  return new CantripError('OPTION_INVALID', { who: 'verifyDeterminism', what: `makeTrainer ${what}`, fix });
}

function isBatchSource(value: unknown): value is BatchSource {
  const source = value as BatchSource | null | undefined;
  return typeof source?.batches === 'function' && batchesPerEpoch(source) > 0;
}

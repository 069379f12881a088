import type { BatchSource, Snapshot, Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { plain } from '../compare/weights.ts';

/** What runs are trained on, and for how long. */
export interface Course {
  readonly data: BatchSource;
  readonly epochs: number;
}

/** Everything that a run computed, as plain data. */
export interface Outcome {
  readonly variables: unknown;
  readonly slots: unknown;
  /** By plugin: state and own variables. */
  readonly plugins: Readonly<Record<string, unknown>>;
  readonly position: unknown;
  readonly totals: unknown;
  readonly figures: unknown;
  readonly outputs: readonly number[];
}

/** Trains a run to its end, evaluates, predicts and saves. The trainer is disposed, also after an error. */
export async function outcomeOf(trainer: Trainer, { data, epochs }: Course): Promise<Outcome> {
  try {
    await trainer.fit(data, { epochs });
    return await outcomeNow(trainer, data);
  } finally {
    trainer.dispose();
  }
}

/** What a run has computed so far. */
export async function outcomeNow(trainer: Trainer, data: BatchSource): Promise<Outcome> {
  const figures = await trainer.evaluate(data);
  const outputs = await predictions(trainer, data);
  return { ...plainOutcome(await trainer.save()), figures, outputs };
}

/** A snapshot as plain data. */
export function plainOutcome(snapshot: Snapshot): Omit<Outcome, 'figures' | 'outputs'> {
  const { variables, slots, plugins, position, totals } = snapshot;
  const own = Object.entries(plugins).map(
    ([name, saved]) => [name, { state: saved.state, variables: plain(saved.variables) }] as const,
  );
  return {
    variables: plain(variables),
    slots: plain(slots),
    plugins: Object.fromEntries(own),
    position,
    totals,
  };
}

/** The outputs for the first batch of the data. */
export async function predictions(trainer: Trainer, data: BatchSource): Promise<readonly number[]> {
  for await (const { inputs } of data.batches({ seed: 0, epoch: 0, start: 0, examples: 0 })) {
    const outputs = await trainer.predict(inputs as never);
    const all = outputs instanceof tf.Tensor ? [outputs] : Object.values(outputs as tf.NamedTensorMap);
    const values = all.map((one) => Array.from(one.dataSync()));
    tf.dispose(all);
    return values.flat();
  }
  return [];
}

/** Trains until so many steps of the run are done. */
export async function trainUntil(step: number, trainer: Trainer, { data, epochs }: Course): Promise<void> {
  const { run } = await trainer.open();
  const perStep = run.optimizer.batchesPerStep ?? 1;
  const batches = (data as { batchesPerEpoch?: number }).batchesPerEpoch ?? 0;
  const stepsPerEpoch = Math.ceil(batches / perStep);
  await trainer.fit(
    {
      ...data,
      async *batches(request) {
        let batch = request.start;
        for await (const one of data.batches(request)) {
          batch += 1;
          const isLast = batch % perStep === 0 || batch === batches;
          const done = request.epoch * stepsPerEpoch + Math.ceil(batch / perStep);
          if (isLast && done === step) run.stop('to be resumed');
          yield one as never;
        }
      },
    },
    { epochs },
  );
}

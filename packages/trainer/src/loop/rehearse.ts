import * as tf from '@tensorflow/tfjs-core';
import type { HostBatch } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import type { LiveRun } from '../run/live-run.ts';
import type { Rehearsal } from '../contract/tuning.ts';
import type { Batch } from '../contract/batch.ts';
import type { ReadBatches } from '../batch/lent-batches.ts';
import { checkLabels } from '../step/check-labels.ts';
import { prepareBatch } from '../batch/prepare-batch.ts';
import { callObservers } from '../hooks/call-hooks.ts';
import type { ContextOf } from '../hooks/call-schedule-scalars.ts';
import { trainOn } from './train-on.ts';

/** Passes the training step to the plugin that asked for it in `tune`; see {@link Rehearsal}. */
export function rehearse(live: LiveRun, read: ReadBatches, contextOf: ContextOf): Promise<never> {
  return live.rehearse!(() => begin(live, read, contextOf));
}

async function begin(live: LiveRun, read: ReadBatches, contextOf: ContextOf): Promise<Rehearsal> {
  const given = await firstBatch(live, read);
  const batch = prepareBatch(given);
  await checkLabels(given.targets, live.options.objective, live.batches.check(batch));
  return {
    run: live.run,
    device: live.device.describe(),
    signature: batch.signature,
    async step() {
      await callObservers(live, 'onStepBegin', contextOf);
      const { loss, weight, tallies } = await trainOn(live, [batch], contextOf);
      await loss.data();
      tf.dispose([loss, weight, ...tallies]);
    },
  };
}

/** The source is left open, because the batch stays valid until the next one is requested. */
async function firstBatch({ run, position }: LiveRun, read: ReadBatches): Promise<HostBatch | Batch> {
  const batches = read({ seed: run.seed, epoch: position.epoch, start: position.batch });
  const first: IteratorResult<HostBatch | Batch, unknown> = await batches[Symbol.asyncIterator]().next();
  if (!first.done) return first.value;
  throw new CantripError('DATA_EMPTY', {
    who: 'trainer',
    what: 'the training data must give at least one batch, but gave none',
    fix: 'Provide at least one example, or remove dropLast',
  });
}

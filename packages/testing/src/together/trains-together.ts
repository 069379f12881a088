import { isCantripError } from '@cantrip/errors';
import type { Logs, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { requireSame } from '../bench/bench.ts';
import { notKept } from '../bench/not-kept.ts';
import { type Course, type Outcome, outcomeNow, outcomeOf, trainUntil } from '../bench/outcome.ts';
import { changedPlaces, fingerprint } from '../rules/fingerprint.ts';
import { withAllThreads } from '../compare/with-all-threads.ts';
import { ROUNDING } from '../rules/same-everywhere.ts';
import { seededModel } from '../tiny/seeded-model.ts';
import { tinyData } from '../tiny/tiny-data.ts';
import { tinyOptimizer, tinyTrainer } from '../tiny/tiny-trainer.ts';
import type { Pair } from './pair.ts';

/** Four batches in each of five epochs: 20 steps. */
const course: Course = { data: tinyData({ examples: 24, batch: 6 }), epochs: 5 };
const HALFWAY = 10;
const captured = { device: 'tensorflow', capture: true } as const;

type Make = () => LayersModel;

/** Throws what the two do not keep together. */
export async function trainsTogether(pair: Pair, makeModel: Make): Promise<void> {
  if (pair.refusal !== undefined) return requireRefused(pair);
  await withAllThreads(() => compareTogether(pair, makeModel));
}

async function compareTogether(pair: Pair, makeModel: Make): Promise<void> {
  const make = seededModel(makeModel);
  const { left, outcome, snapshot, figures } = await trainAndUndo(
    pair,
    make,
    await placesOfPlainTraining(makeModel),
  );
  const opByOp = await outcomeOf(pair.trainer({ ...captured, capture: false, model: make }), course);
  requireSame(outcome, opByOp, {
    where: 'op by op',
    slack: ROUNDING,
    fix: 'Find which of the two changes what the other computes from, and say the order with after',
  });
  const resumed = pair.trainer({ ...captured, model: make });
  await resumed.restore(snapshot);
  const evaluated = { figures: await resumed.evaluate(course.data) };
  requireSame(
    evaluated,
    { figures },
    {
      where: `in the run that was evaluated at step ${HALFWAY} and not stopped`,
      fix: 'What a step changes of the model must be there for an evaluation too',
    },
  );
  requireSame(await outcomeOf(resumed, course), outcome, {
    where: `in the run that was not stopped at step ${HALFWAY}`,
    fix: 'Keep numbers in state and tensors in variables, and read the values of the other plugin at each step',
  });
  if (left) notKept(left, 'Undo the changes in the opposite order, in the function that setup returns');
}

function requireRefused({ trainer }: Pair): void {
  try {
    trainer(captured).dispose();
  } catch (error) {
    if (isCantripError(error) && error.code === 'PLUGIN_CONFLICT') return;
    throw error;
  }
  notKept('one of the two names the other in conflicts, and they run', 'Remove it from conflicts');
}

/** A captured run with a model of our own, and what it left there after dispose, in words. */
async function trainAndUndo(
  pair: Pair,
  make: Make,
  usual: ReadonlySet<string>,
): Promise<{
  left: string | undefined;
  outcome: Outcome;
  snapshot: Awaited<ReturnType<typeof save>>;
  figures: Logs;
}> {
  const before = tf.memory().numTensors;
  const { model, optimizer, seen } = ownParts(make, pair.optimizer);
  const trainer = pair.trainer({ ...captured, model, optimizer });
  try {
    await trainUntil(HALFWAY, trainer, course);
    const snapshot = await save(trainer);
    const figures = await trainer.evaluate(course.data);
    await trainer.fit(course.data, { epochs: course.epochs });
    const outcome = await outcomeNow(trainer, course.data);
    trainer.dispose();
    const changed = changedPlaces(seen, fingerprint(model, optimizer));
    model.dispose();
    const more = tf.memory().numTensors - before;
    const left = more > 0 ? `${more} tensors are left` : firstUnusual(changed, usual);
    return { left, outcome, snapshot, figures };
  } finally {
    trainer.dispose();
  }
}

const save = async (trainer: { save(): Promise<unknown> }) =>
  structuredClone(await trainer.save()) as Parameters<ReturnType<typeof tinyTrainer>['restore']>[0];

const firstUnusual = (changed: ReadonlyMap<string, string>, usual: ReadonlySet<string>): string | undefined =>
  [...changed].find(([place]) => !usual.has(place))?.[1];

function ownParts(make: Make, newOptimizer: Pair['optimizer'] = tinyOptimizer) {
  const model = make();
  const optimizer = newOptimizer();
  return { model, optimizer, seen: fingerprint(model, optimizer) };
}

const plainPlaces = new Map<Make, Promise<ReadonlySet<string>>>();

/** What training changes of a model without any trick. */
function placesOfPlainTraining(make: Make): Promise<ReadonlySet<string>> {
  const known = plainPlaces.get(make) ?? trainPlainly(make);
  plainPlaces.set(make, known);
  return known;
}

async function trainPlainly(make: Make): Promise<ReadonlySet<string>> {
  const { model, optimizer, seen } = ownParts(seededModel(make));
  const options: Partial<TrainerOptions> = { ...captured, model, optimizer };
  await outcomeOf(tinyTrainer([], options), { ...course, epochs: 1 });
  const places = new Set(changedPlaces(seen, fingerprint(model, optimizer)).keys());
  model.dispose();
  return places;
}

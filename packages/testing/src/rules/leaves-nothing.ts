import type { AnyPlugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { notKept } from '../bench/not-kept.ts';
import { outcomeOf, predictions } from '../bench/outcome.ts';
import { modelMaker } from '../bench/bench.ts';
import type { Rule } from '../bench/rule.ts';

const count = (): number => tf.memory().numTensors;

const fix =
  'Return tensors that live on from variables(), dispose others, and compute in tf.tidy; undo in the function that setup returns';

export const keepsMemory: Rule = {
  name: 'needs no more tensors from epoch to epoch, or from evaluation to evaluation',
  also: 'captured',
  async check({ create, data, trainer }) {
    const afterEpochs: number[] = [];
    const counter: AnyPlugin = { name: 'tensor-counter', onEpochEnd: () => void afterEpochs.push(count()) };
    const plugin = create();
    const one = trainer(plugin, {}, [plugin, counter]);
    try {
      await one.fit(data, { epochs: 4 });
      requireConstant(afterEpochs.slice(1, 3), 'an epoch');
      await requireConstantOver(async () => void (await one.evaluate(data)), 'an evaluation');
      await requireConstantOver(async () => void (await predictions(one, data)), 'a prediction');
      await requireConstantOver(async () => void (await one.save()), 'a save');
    } finally {
      one.dispose();
    }
  },
};

async function requireConstantOver(work: () => Promise<void>, what: string): Promise<void> {
  await work();
  const counts = [count()];
  await work();
  requireConstant([...counts, count()], what);
}

function requireConstant([before = 0, after = 0]: readonly number[], what: string): void {
  if (after > before) notKept(`after ${what} there are ${after} tensors, and were ${before} before it`, fix);
}

export const disposesAll: Rule = {
  name: 'leaves no tensor and no variable behind after dispose',
  also: 'everywhere',
  skips: (bench) => (modelMaker(bench) ? undefined : 'the model of its options is no function'),
  async check(bench) {
    const { create, course, plainTrainer, trainer } = bench;
    const make = modelMaker(bench)!;
    // What TensorFlow.js keeps for good is made by the first run.
    await outcomeOf(plainTrainer(), course);
    const [before, named] = [count(), variableNames()];
    const model = make();
    await outcomeOf(trainer(create(), { model }), course);
    // A model that is passed in stays its owner's.
    model.dispose();
    const left = variableNames().filter((name) => !named.includes(name));
    if (left.length > 0)
      notKept(`the variables ${left.slice(0, 3).join(', ')} are left, ${left.length} in all`, fix);
    if (count() > before) notKept(`${count() - before} tensors are left`, fix);
  },
};

const variableNames = (): readonly string[] => Object.keys(tf.engine().registeredVariables);

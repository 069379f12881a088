/**
 * Times three ways to apply SGD with momentum inside a captured step, in turns within one run:
 *
 * - `ours`: ops that return new values, where short vectors are updated as one (what `@cantrip/optimizers` does);
 * - `flat`: the same, for all parameters as one vector;
 * - `resource`: one `ResourceApplyKerasMomentum` for each parameter, in place, on variables of TensorFlow's own.
 *
 *     npm run bench:update
 *
 * Writes results/update-rules.json.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { captureStep, openDevice } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { cases } from './cases.ts';
import { resourceUpdate } from './resource-update.ts';
import { spreadOf } from './spread.ts';

const rounds = 31;
const callsInTurn = 20;
const learningRate = 0.1;
const momentum = 0.9;

const shapesOf = new Map(
  (await openDevice('cpu')) &&
    cases.map(({ name, model }) => {
      const built = model();
      return [name, built.trainableWeights.map(({ shape }) => shape.map(Number))] as const;
    }),
);
await openDevice('tensorflow');
const results: Record<string, unknown> = {};
for (const name of ['resnet20', 'cnn', 'mlp']) {
  results[name] = timeCase(shapesOf.get(name)!);
  process.stdout.write(`${name}: ${JSON.stringify(results[name])}\n`);
}
const report = {
  date: new Date().toISOString().slice(0, 10),
  machine: { hardware: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism() },
  what: 'time of an SGD momentum update over that of ours, median and quartiles of rounds in turns',
  cases: results,
};
writeFileSync(
  new URL('../results/update-rules.json', import.meta.url),
  `${JSON.stringify(report, null, 2)}\n`,
);

function timeCase(shapes: readonly number[][]): object {
  const ways = {
    ours: plainUpdate(shapes),
    flat: plainUpdate([[sizeOf(shapes)]], shapes),
    resource: resource(shapes),
  };
  const names = Object.keys(ways) as (keyof typeof ways)[];
  const times: Record<string, number[]> = { ours: [], flat: [], resource: [] };
  for (let round = -3; round < rounds; round++) {
    names.forEach((_, index) => {
      const way = names[(index + round + 3) % names.length]!;
      const started = performance.now();
      for (let call = 0; call < callsInTurn; call++) ways[way]();
      if (round >= 0) times[way]!.push(performance.now() - started);
    });
  }
  const over = (way: string): object =>
    Object.fromEntries(
      Object.entries(spreadOf(times[way]!.map((time, round) => time / times['ours']![round]!))).map(
        ([key, value]) => [key, Number((value as number).toPrecision(3))],
      ),
    );
  return {
    parameters: shapes.length,
    elements: sizeOf(shapes),
    oursMilliseconds: Number((spreadOf(times['ours']!).median / callsInTurn).toPrecision(3)),
    flat: over('flat'),
    resource: over('resource'),
  };
}

/** @param gradients - shapes of the gradients where they must first be put together */
function plainUpdate(shapes: readonly number[][], gradients: readonly number[][] = shapes): () => void {
  const variables = Object.fromEntries(
    shapes.map((shape, i) => [`p${i}`, tf.variable(tf.randomNormal(shape))]),
  );
  const feeds = Object.fromEntries(gradients.map((shape, i) => [`p${i}`, tf.randomNormal(shape)]));
  const optimizer = sgd({ learningRate, momentum }).start();
  const step = captureStep((inputs: Record<string, tf.Tensor>) => {
    const flat =
      gradients === shapes
        ? inputs
        : { p0: tf.concat(Object.values(inputs).map((x) => tf.reshape(x, [-1]))) };
    optimizer.apply({
      variables,
      gradients: flat,
      learningRate: tf.scalar(learningRate),
      scalars: {},
      phase: 'update',
    });
    return { done: tf.scalar(1) };
  });
  return () => step.runSync(feeds as never).done.dispose();
}

function resource(shapes: readonly number[][]): () => void {
  return resourceUpdate(shapes, { learningRate, momentum });
}

function sizeOf(shapes: readonly number[][]): number {
  return shapes.reduce((sum, shape) => sum + tf.util.sizeFromShape(shape), 0);
}

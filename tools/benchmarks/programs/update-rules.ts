/**
 * Times three ways to apply SGD with momentum, and Adam, inside a captured step, in turns within one run:
 *
 * - `ours`: what `@cantrip/optimizers` does there;
 * - `flat`: the same, for all parameters as one vector;
 * - `resource`: one `ResourceApplyMomentum` or `ResourceApplyAdam` for each parameter, in place, on variables of
 *   TensorFlow's own.
 *
 *     npm run bench:update -- [--rounds n]
 *
 * A run without --rounds writes results/update-rules.json, and from it the table of decision 0004.
 */
import { parseArgs } from 'node:util';
import { openDevice } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import { writeGenerated } from '../../generate/write-generated.ts';
import { writeResult } from '../measuring/measure.ts';
import { cases } from '../step/cases/cases.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import { resource } from '../step/replay/resource-update.ts';
import type { CaseUpdates, RuleTimes, UpdateResults } from '../measuring/result-files.ts';
import { ratioSpread, roundedSpread, spreadOf } from '../measuring/spread.ts';
import {
  flat,
  ours,
  type Rule,
  rules,
  type UpdateProblem,
  type UpdateWay,
} from '../step/replay/update-ways.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string' } } });
const rounds = Number(values.rounds ?? 31);
const callsInTurn = 20;
const warmUp = 3;
const names = ['resnet20', 'cnn', 'mlp', 'mobilenet'];

await openDevice('cpu');
const shapesOf = new Map(
  cases.map(({ name, model }) => [name, model().trainableWeights.map(({ shape }) => shape.map(Number))]),
);
await openDevice('tensorflow');
const results = Object.fromEntries(names.map((name) => [name, timeCase(shapesOf.get(name)!)]));
if (values.rounds === undefined) {
  writeResult('update-rules', {
    ...measuredHere(),
    what: 'time of an update over that of ours, median and quartiles of rounds in turns',
    cases: results,
  } satisfies UpdateResults);
  writeGenerated();
} else {
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
}

function timeCase(shapes: readonly number[][]): CaseUpdates {
  const parameters = shapes.map((shape) => tf.randomNormal(shape));
  const gradients = shapes.map((shape) => tf.randomNormal(shape));
  const times = rules.map((rule) => [rule, timeRule({ rule, parameters, gradients })]);
  return {
    parameters: shapes.length,
    elements: shapes.reduce((sum, shape) => sum + tf.util.sizeFromShape(shape), 0),
    ...(Object.fromEntries(times) as Record<Rule, RuleTimes>),
  };
}

function timeRule(problem: UpdateProblem): RuleTimes {
  const ways = [ours, flat, resource].map((way) => way(problem));
  const times: number[][] = ways.map(() => []);
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < ways.length; turn++) {
      const place = (turn + round + warmUp) % ways.length;
      const milliseconds = timeTurn(ways[place]!);
      if (round >= 0) times[place]!.push(milliseconds);
    }
  }
  return {
    oursMilliseconds: Number((spreadOf(times[0]!).median / callsInTurn).toPrecision(3)),
    flat: roundedSpread(ratioSpread(times[1]!, times[0]!)),
    resource: roundedSpread(ratioSpread(times[2]!, times[0]!)),
  };
}

function timeTurn(way: UpdateWay): number {
  const started = performance.now();
  for (let call = 0; call < callsInTurn; call++) way.call();
  return performance.now() - started;
}

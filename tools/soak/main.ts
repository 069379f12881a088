/**
 * Trains 100,000 steps and opens 50 trainers in one process, in three ways, and says what each left behind. Takes some
 * 20 minutes; writes tools/benchmarks/results/soak.json.
 *
 *     npm run soak [steps] [trainers]
 */
import { writeResult } from '../benchmarks/measuring/measure.ts';
import { measuredHere } from '../benchmarks/measuring/measured-here.ts';
import { growth, soak, type SoakPlan } from './soak.ts';

const [steps, trainers] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 50)];
const ways: Readonly<Record<string, Pick<SoakPlan, 'device' | 'capture'>>> = {
  'tensorflow, captured': { device: 'tensorflow', capture: true },
  'tensorflow, op by op': { device: 'tensorflow', capture: false },
  wasm: { device: 'wasm', capture: false },
};

const rows: Record<string, unknown> = {};
for (const [name, way] of Object.entries(ways)) {
  const outcome = await soak({ ...way, steps, sampleEvery: steps / 20, trainers });
  const { before, afterRun, after, samples } = outcome;
  rows[name] = {
    'tensors before, after the steps, after the trainers': [before, afterRun, after].map(
      ({ tensors }) => tensors,
    ),
    'tensors at each sample': [...new Set(samples.map(({ tensors }) => tensors))],
    'megabytes in 10,000 steps, second half': Number(growth(outcome).toPrecision(3)),
    'megabytes before, after the steps, after the trainers': [before, afterRun, after].map(({ megabytes }) =>
      Math.round(megabytes),
    ),
    'handles before and after': [before.handles, after.handles],
  };
}
writeResult('soak', {
  ...measuredHere(),
  what: `${steps} steps of a small CNN with seed, schedule, label smoothing, averages and checkpoints, then ${trainers} trainers opened and disposed, in one process`,
  rows,
});

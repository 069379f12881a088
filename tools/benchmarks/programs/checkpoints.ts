/**
 * What saving costs a run: how long training waits for a checkpoint, compared with the copy to the host alone, which is timed
 * between each two checkpoints, and how long steps take while one is written. Takes a minute; writes results/checkpoints.json.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/checkpoints.ts [saves]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpoint } from '@cantrip/checkpoint';
import { adam } from '@cantrip/optimizers';
import { createTrainer, meanSquaredError, type Plugin } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { writeResult } from '../measuring/measure.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import { roundedSpread, spreadOf } from '../measuring/spread.ts';

const WIDTH = 1024;
const EVERY = 60;
const EXAMPLES = 64;
const saves = Number(process.argv[2] ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'cantrip-checkpoints-'));

const plugin = checkpoint({ folder, every: EVERY, keep: 2 });
/** Milliseconds between the end of a step and the begin of the next: of steps that saved, and of others. */
const waits: { readonly saved: number[]; readonly others: number[] } = { saved: [], others: [] };
/** Milliseconds of steps during which a checkpoint was written, and of others. */
const steps: { readonly beside: number[]; readonly others: number[] } = { beside: [], others: [] };
/** Milliseconds of copies to the host, one in the middle between each two checkpoints. */
const copies: number[] = [];
let [begun, ended, writing] = [0, 0, false];

const clock: Plugin = {
  name: 'clock',
  onStepBegin({ step }) {
    begun = performance.now();
    const isCopied = step % EVERY === EVERY / 2;
    if (step > EVERY && !isCopied) (step % EVERY === 0 ? waits.saved : waits.others).push(begun - ended);
  },
  async onStepEnd({ run, step, loss }) {
    // Waits for the device, as the time of a step.
    await loss();
    ended = performance.now();
    if (step > EVERY) (writing ? steps.beside : steps.others).push(ended - begun);
    if (step % EVERY === 0) {
      writing = true;
      // At most one is in the works, since each is done long before the next is due.
      setTimeout(
        () =>
          void run
            .use(plugin)
            .written()
            .then(() => (writing = false)),
        0,
      );
    }
  },
  async onSettled({ after, step, save }) {
    if (after !== 'step' || step < EVERY || step % EVERY !== EVERY / 2) return;
    const begin = performance.now();
    await save();
    copies.push(performance.now() - begin);
  },
};

const trainer = createTrainer({
  device: 'tensorflow',
  model: () =>
    sequential({
      layers: [
        layers.dense({ units: WIDTH, activation: 'relu', inputShape: [WIDTH] }),
        layers.dense({ units: WIDTH, activation: 'relu' }),
        layers.dense({ units: 1 }),
      ],
    }),
  optimizer: adam({ learningRate: 1e-6 }),
  loss: meanSquaredError(),
  plugins: [clock, plugin],
  log: () => undefined,
});
const { run } = await trainer.open();
const inputs = {
  values: new Float32Array(EXAMPLES * WIDTH).map((_, at) => (at % 7) / 7),
  shape: [EXAMPLES, WIDTH],
};
const targets = { values: new Float32Array(EXAMPLES), shape: [EXAMPLES, 1] };
await trainer.fit(
  {
    batchesPerEpoch: EVERY * (saves + 1),
    *batches({ start }) {
      for (let batch = start; batch < EVERY * (saves + 1); batch++) yield { inputs, targets, size: EXAMPLES };
    },
  },
  { epochs: 1 },
);

const parameters = Object.values(run.variables).reduce((sum, { size }) => sum + size, 0);
trainer.dispose();
rmSync(folder, { recursive: true, force: true });

const median = (times: readonly number[]): number => spreadOf(times).median;
const ratio = (times: readonly number[], unit: number) =>
  roundedSpread(spreadOf(times.map((time) => time / unit)));
writeResult('checkpoints', {
  ...measuredHere(),
  what: `two dense layers of ${WIDTH} units with Adam (${parameters} parameters, three values each), batch ${EXAMPLES}, captured; ${saves} saves, one each ${EVERY} steps; medians and quartiles`,
  'training waits for a save, divided by the copy to the host alone': roundedSpread(
    spreadOf(waits.saved.map((wait, at) => wait / copies[at]!)),
  ),
  'training waits for a save, divided by a step': ratio(waits.saved, median(steps.others)),
  'a step beside the writing, divided by another step': ratio(steps.beside, median(steps.others)),
  'steps beside the writing of one checkpoint': Math.round(steps.beside.length / saves),
});

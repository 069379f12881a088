// `modes-child.ts DEVICE SMALL MODE FILE`: trains in one mode, writes the weights to the file and prints a report.
import { writeFileSync } from 'node:fs';
import type { DeviceName } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { median } from '../../benchmarks/measuring/measure.ts';
import { cases, MOMENTUM } from '../../benchmarks/step/cases/cases.ts';
import { modes } from './mode-plugins.ts';
import { noiseFor } from './noise-batches.ts';

export interface ModeReport {
  readonly stepMilliseconds: number;
  /** With recording, compiling and cuDNN's search. */
  readonly firstEpochMilliseconds: number;
  readonly loss: number;
}

const [device, small, mode = '', file = ''] = process.argv.slice(2);
const one = cases.find(({ name }) => name === (small === 'true' ? 'mlp' : 'resnet20'))!;
const [rounds, steps] = small === 'true' ? [1, 2] : [9, 20];
const trainer = createTrainer({
  device: device as DeviceName,
  model: one.model,
  optimizer: sgd({ learningRate: one.learningRate, momentum: MOMENTUM }),
  loss: softmaxCrossEntropy(),
  plugins: modes[mode]!(),
  handleInterrupt: false,
  reporter: false,
  log: () => undefined,
});
const data = noiseFor(one, steps);
const times: number[] = [];
let loss = Number.NaN;
for (let round = -1; round < rounds; round++) {
  const begun = performance.now();
  loss = (await trainer.fit(data, { epochs: round + 2 })).epochs.at(-1)!['loss']!;
  times.push(performance.now() - begun);
}
const { run } = await trainer.open();
const values = await Promise.all(Object.values(run.variables).map((variable) => variable.data()));
writeFileSync(file, Buffer.concat(values.map((each) => Buffer.from(Float32Array.from(each).buffer))));
const report: ModeReport = {
  stepMilliseconds: Number((median(times.slice(1)) / steps).toPrecision(3)),
  firstEpochMilliseconds: Math.round(times[0]!),
  loss,
};
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);

// `device-steps.ts DEVICES SMALL`: the time of a training step of the step benchmark's networks on each device, op by op.
import { sgd } from '@cantrip/optimizers';
import { createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { isCantripError } from '@cantrip/errors';
import type { DeviceName } from '@cantrip/core-tensor-gpu';
import { writeResult } from '../../benchmarks/measuring/measure.ts';
import { measuredHere } from '../../benchmarks/measuring/measured-here.ts';
import { roundedSpread, type Spread, spreadOf } from '../../benchmarks/measuring/spread.ts';
import { type Case, cases, MOMENTUM } from '../../benchmarks/step/cases/cases.ts';
import { noiseFor } from './noise-batches.ts';

const [devices = 'webgpu', small] = process.argv.slice(2);
const [rounds, steps] = small === 'true' ? [1, 1] : [5, 10];
const chosen = cases.filter(({ name }) =>
  (small === 'true' ? ['mlp'] : ['mlp', 'cnn', 'resnet20']).includes(name),
);

async function time(one: Case, device: DeviceName): Promise<Spread | string> {
  try {
    const trainer = createTrainer({
      device,
      capture: false,
      model: one.model,
      optimizer: sgd({ learningRate: one.learningRate, momentum: MOMENTUM }),
      loss: softmaxCrossEntropy(),
      handleInterrupt: false,
      reporter: false,
      log: () => undefined,
    });
    await trainer.open();
    const times: number[] = [];
    for (let round = -1; round < rounds; round++) {
      const begun = performance.now();
      await trainer.fit(noiseFor(one, steps), { epochs: round + 2 });
      if (round >= 0) times.push((performance.now() - begun) / steps);
    }
    trainer.dispose();
    return roundedSpread(spreadOf(times));
  } catch (error) {
    if (isCantripError(error) && error.code === 'DEVICE_ABSENT') return error.message;
    throw error;
  }
}

const results: Record<string, Record<string, Spread | string>> = {};
for (const one of chosen) {
  results[one.name] = {};
  for (const device of devices.split(',') as DeviceName[])
    results[one.name]![device] = await time(one, device);
}
writeResult('device-steps', {
  ...measuredHere(),
  what: `milliseconds of a training step op by op: median and quartiles of ${rounds} epochs of ${steps} steps`,
  cases: results,
});
process.exit(0);

/** A process of trick-costs.ts: trains one way, an epoch for each message, and answers with its milliseconds. */
import { arrayDataset, type Dataset } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { capturesOn, type Device, networks } from './trick-costs-ways.ts';

/** What the parent gives. */
export interface Order {
  readonly network: string;
  readonly way: string;
  readonly device: Device;
  readonly steps: number;
  readonly batch: number;
}

/** What the parent hears: first what was opened, then the time of each epoch. */
export type Answer =
  { readonly version: string; readonly hardware: string } | { readonly milliseconds: number };

const { network, way, device, steps, batch } = JSON.parse(process.argv[2]!) as Order;

const { model, ways } = networks[network]!;
const trainer = createTrainer({
  device,
  capture: capturesOn(device),
  model,
  optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
  loss: softmaxCrossEntropy(),
  plugins: ways[way]!(device),
  log: () => undefined,
});
const data = randomImages();
let epochs = 0;

process.on('message', () => void epoch());
const { version, hardware } = (await trainer.open()).device;
tell({ version, hardware });

async function epoch(): Promise<void> {
  const begin = performance.now();
  await trainer.fit(data, { epochs: ++epochs });
  tell({ milliseconds: performance.now() - begin });
}

function tell(answer: Answer): void {
  process.send!(answer);
}

function randomImages(): Dataset {
  const count = steps * batch;
  return arrayDataset({
    inputs: { values: Float32Array.from({ length: count * 784 }, Math.random), shape: [count, 28, 28, 1] },
    targets: { values: Int32Array.from({ length: count }, (_, i) => i % 10), shape: [count] },
    batchSize: batch,
  });
}

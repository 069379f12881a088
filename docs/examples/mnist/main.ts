// Trains a small convolutional network on MNIST with four tricks, then fine-tunes it with a fifth: frozen batch
// norm.
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { DeviceDescription } from '@cantrip/core-tensor-gpu';
import { arrayDataset, type Dataset, readIdxFolder, rebatch, standardization, take } from '@cantrip/data';
import { isCantripError } from '@cantrip/errors';
import type { Logs } from '@cantrip/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type ImageShape, network } from './network.ts';
import { type Options, readOptions } from './options.ts';
import { fineTuningPhase, type Phase, trainingPhase } from './phases.ts';
import {
  percent,
  checkWritable,
  type Epoch,
  type Machine,
  type Report,
  table,
  writeReport,
} from './report.ts';
import { provideRuntime } from './runtime.ts';

const FINE_TUNING_EXAMPLES = 1600;
const FINE_TUNING_BATCH = 4;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const options = readOptions(process.argv);
  if (options.json !== undefined) checkWritable(options.json);
  const began = performance.now();
  const { train, test, imageShape, classes } = await readData(options);
  await provideRuntime(options.device, say);

  // Otherwise a later --resume could go on with the fine-tuning of the run before this one.
  if (!options.resume) rmSync(join(options.checkpoints, 'fine-tuning'), { recursive: true, force: true });
  const training = trainingPhase(options, () => network(imageShape, classes));
  const { run, device } = await training.trainer.open();
  introduce(device, options, train, test);
  const first = await runPhase(training, {
    train,
    test,
    epochs: epochsOn(device, options),
    resume: options.resume,
  });

  const fineTuning = fineTuningPhase(options, run.model as LayersModel);
  const few = rebatch(take(train, Math.min(FINE_TUNING_EXAMPLES, train.size)), {
    batchSize: FINE_TUNING_BATCH,
    shuffle: true,
  });
  const second = await runPhase(fineTuning, { train: few, test, epochs: 1, resume: options.resume });

  const phases = [training, fineTuning];
  const report: Report = {
    device: device.name,
    accuracy: lastAccuracy(second),
    loss: first.epochs.at(-1)?.['loss'] ?? Number.NaN,
    imagesPerSecond: first.imagesPerSecond,
    seconds: (performance.now() - began) / 1000,
    seed: options.seed,
    plugins: [...new Set(phases.flatMap(({ plugins }) => plugins))],
    phases: Object.fromEntries(phases.map(({ name, plugins }) => [name, plugins])),
    history: [...label(training, first), ...label(fineTuning, second)],
    machine: machineOf(device),
  };
  say(`\n${table(report)}`);
  if (options.json !== undefined) writeReport(options.json, report);
  judge(lastAccuracy(first), lastAccuracy(second), test.size);
}

interface Data {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly imageShape: ImageShape;
  readonly classes: number;
}

async function readData({ data, batch }: Options): Promise<Data> {
  const trainImages = await readIdxFolder(data, { split: 'train' });
  const testImages = await readIdxFolder(data, { split: 'test' });
  const [, height, width, channels] = trainImages.inputs.shape as [number, number, number, number];
  const classes = trainImages.targets.values.reduce((highest, label) => Math.max(highest, label)) + 1;
  // The mean and standard deviation of MNIST's pixels. They work for other images too.
  const normalization = standardization({ mean: 0.1307, standardDeviation: 0.3081 });
  return {
    train: arrayDataset({ ...trainImages, normalization, classes, batchSize: batch, shuffle: true }),
    test: arrayDataset({ ...testImages, normalization, classes, batchSize: 500 }),
    imageShape: [height, width, channels],
    classes,
  };
}

/** On wasm an epoch takes several times as long, so one epoch is the default there. */
function epochsOn(device: DeviceDescription, { epochs }: Options): number {
  return epochs ?? (device.name === 'wasm' || device.name === 'cpu' ? 1 : 3);
}

function introduce(device: DeviceDescription, options: Options, train: Dataset, test: Dataset): void {
  say(`Training on ${device.name}: ${device.version}, ${device.threads} threads.`);
  for (const { name, reason, fix } of device.passedOver) {
    say(`  not on ${name}: ${reason}${fix ? ` (${fix})` : ''}`);
  }
  say(`${train.size} images for training, ${test.size} for the test, seed ${options.seed}.`);
}

interface Outcome {
  readonly epochs: readonly Logs[];
  readonly imagesPerSecond: number;
}

interface Course {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly epochs: number;
  readonly resume: boolean | undefined;
}

async function runPhase({ trainer, throughput }: Phase, course: Course): Promise<Outcome> {
  const { train, test, epochs, resume } = course;
  const history = await trainer.fit(train, { epochs, validation: test, resume: resume ? 'auto' : false });
  trainer.dispose();
  const all = [...history.earlier, ...history.epochs];
  if (all.length < epochs) throw new Interrupted(history.stopped);
  return { epochs: all, imagesPerSecond: train.size * throughput.epochsPerSecond() };
}

/** The run was ended by a signal. */
class Interrupted extends Error {}

const lastAccuracy = ({ epochs }: Outcome): number => epochs.at(-1)?.['validation_accuracy'] ?? Number.NaN;

const label = ({ name }: Phase, { epochs }: Outcome): Epoch[] =>
  epochs.map((logs, i) => ({ phase: name, epoch: i + 1, ...logs }) as Epoch);

function machineOf({ version, threads, hardware }: DeviceDescription): Machine {
  return { version, threads, hardware, node: process.version, date: new Date().toISOString().slice(0, 10) };
}

/** Fails if fine-tuning loses accuracy: more than chance, which is one standard error. */
function judge(before: number, after: number, images: number): void {
  const chance = Math.sqrt((before * (1 - before)) / images);
  if (before - after <= chance) return;
  say(`\nFine-tuning lost accuracy: ${percent(before)} before, ${percent(after)} after.`);
  process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  if (!isCantripError(error) && !(error instanceof Interrupted)) throw error;
  const signal = error instanceof Interrupted ? error.message : '';
  process.stderr.write(
    signal === ''
      ? `${error.message}\n`
      : `${signal}: the run is saved. npm start -- --resume goes on with it.\n`,
  );
  // As programs do that a signal has ended.
  process.exitCode = signal in constants.signals ? 128 + constants.signals[signal as NodeJS.Signals] : 1;
}

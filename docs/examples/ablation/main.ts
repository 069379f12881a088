// What do the tricks do? Trains a ResNet-8 on Fashion-MNIST with and without each trick, and in the setting
// where each is expected to matter most. You can stop it at any time and start it again; it continues.
import { mkdirSync } from 'node:fs';
import { ablate, ablationTable, type Design, writeReport } from '@cantrip/ablation';
import { isCantripError } from '@cantrip/errors';
import { Argument, Command, InvalidArgumentError } from 'commander';
import type { Setting } from './setting.ts';

const designs = {
  rates: 'add-one',
  'five-tricks': 'leave-one-out',
  repeats: 'add-one',
  calibration: 'add-one',
  'noisy-labels': 'add-one',
  'large-batch': 'add-one',
  mixing: 'add-one',
  'stochastic-depth': 'add-one',
} as const satisfies Record<string, Design>;

/** The seeds that choose rates are not the seeds that judge tricks. Two are enough. */
const seedsOf = (name: Name, seeds: number): number | readonly number[] =>
  name === 'rates' ? [101, 102].slice(0, seeds) : seeds;

type Name = keyof typeof designs;

/** Takes seconds instead of hours. It only shows that everything works. */
const quick: Partial<Setting> = {
  images: 128,
  tests: 100,
  heldOut: 100,
  epochs: 1,
  width: 4,
  fineTuning: 16,
};

interface Options {
  readonly data?: string;
  readonly device: string;
  readonly seeds: number;
  readonly processes?: number;
  readonly threads: number;
  readonly folder: string;
  readonly quick: boolean;
  readonly times: boolean;
}

const wholeNumber = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`It must be an integer above 0, got ${text}.`);
};

async function main(names: readonly Name[], options: Options): Promise<void> {
  // The training processes inherit it.
  if (options.data !== undefined) process.env['FASHION_MNIST'] = options.data;
  const { seeds, processes, threads, folder, times } = options;
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const result = await ablate({
      experiment: new URL(`./${name}.ts`, import.meta.url),
      design: designs[name],
      parameters: {
        device: options.device,
        ...(options.quick && quick),
        ...(name === 'calibration' && { diagrams: folder }),
      },
      seeds: seedsOf(name, seeds),
      threads,
      folder,
      ...(processes !== undefined && { processes }),
    });
    process.stdout.write(`\n# ${name}\n\n${ablationTable(result, { times })}\n`);
    writeReport(folder, result, { times });
  }
}

const command = new Command('ablation')
  .description('Ablations of the tricks on Fashion-MNIST; by default all of them, which takes hours.')
  .addArgument(new Argument('[experiments...]', 'which ablations to run').choices(Object.keys(designs)))
  .option(
    '--data <folder>',
    'folder of IDX files with the names of MNIST (default: Debian’s dataset-fashion-mnist)',
  )
  .option('--device <name>', 'device to train on', 'auto')
  .option('--seeds <n>', 'number of trainings of each variant', wholeNumber, 5)
  .option(
    '--processes <n>',
    'number of trainings at a time (default: as many as the processors allow)',
    wholeNumber,
  )
  .option('--threads <n>', 'number of threads of each training', wholeNumber, 1)
  .option('--folder <folder>', 'folder for runs and reports', 'ablation-results')
  .option('--quick', 'use a few images and a tiny network, to check that it works', false)
  .option('--no-times', 'leave out step times, which are unreliable while other programs run')
  .parse();

try {
  const names = command.args as Name[];
  await main(names.length > 0 ? names : (Object.keys(designs) as Name[]), command.opts<Options>());
} catch (error) {
  if (!isCantripError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code === 'ABLATION_INTERRUPTED' ? 130 : 1;
}

// Should batch normalisation be frozen in fine-tuning? Trains a ResNet-8 on MNIST's digits and fine-tunes it on
// Fashion-MNIST at four batch sizes and two learning rates, with and without freezing. You can stop it at any time
// and start it again; it continues.
import { join } from 'node:path';
import { ablate, ablationTable, writeReport } from '@cantrip/ablation';
import { isCantripError } from '@cantrip/errors';
import { Command, InvalidArgumentError } from 'commander';
import { quick, rates } from './setting.ts';

interface Options {
  readonly data?: string;
  readonly device: string;
  readonly seeds: number;
  readonly processes?: number;
  readonly threads: number;
  readonly folder: string;
  readonly quick: boolean;
}

/** A training has four batch sizes, so the mean of its step times means nothing. */
const report = { times: false };

const wholeNumber = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`It must be an integer above 0, got ${text}.`);
};

async function main(options: Options): Promise<void> {
  // The training processes inherit it.
  if (options.data !== undefined) process.env['FASHION_MNIST'] = options.data;
  const { device, seeds, processes, threads } = options;
  for (const rate of rates) {
    // Each rate has a folder, because a folder contains the runs of one setting.
    const folder = join(options.folder, `rate-${rate}`);
    const result = await ablate({
      experiment: new URL('./experiment.ts', import.meta.url),
      design: 'add-one',
      parameters: { rate, device, ...(options.quick ? quick : {}) },
      seeds,
      threads,
      folder,
      ...(processes !== undefined && { processes }),
    });
    process.stdout.write(`\n# Learning rate ${rate}\n\n${ablationTable(result, report)}\n`);
    writeReport(folder, result, report);
  }
}

const command = new Command('freeze-bn-fine-tuning')
  .description(
    'From digits to clothes at four batch sizes and two learning rates, with batch normalisation frozen or not; takes an hour.',
  )
  .option('--data <folder>', 'folder of Fashion-MNIST’s IDX files (default: Debian’s dataset-fashion-mnist)')
  .option('--device <name>', 'device to train on', 'auto')
  .option('--seeds <n>', 'number of trainings of each variant', wholeNumber, 5)
  .option(
    '--processes <n>',
    'number of trainings at a time (default: as many as the processors allow)',
    wholeNumber,
  )
  .option('--threads <n>', 'number of threads of each training', wholeNumber, 1)
  .option('--folder <folder>', 'folder for runs and reports', 'freeze-bn-results')
  .option('--quick', 'use a few images and a tiny network, to check that it works', false)
  .parse();

try {
  await main(command.opts<Options>());
} catch (error) {
  if (!isCantripError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code === 'ABLATION_INTERRUPTED' ? 130 : 1;
}

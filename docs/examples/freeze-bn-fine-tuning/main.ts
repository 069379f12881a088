// Should batch normalisation be frozen in fine-tuning? Trains a ResNet-8 on MNIST's digits and fine-tunes it on
// Fashion-MNIST at four batch sizes and two learning rates, with and without. It may be stopped at any time, and goes on
// where it was.
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

/** A training has four batch sizes, and the mean of their steps' times says nothing. */
const report = { times: false };

const wholeNumber = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number above 0, got ${text}.`);
};

async function main(options: Options): Promise<void> {
  // The trainings inherit it.
  if (options.data !== undefined) process.env['FASHION_MNIST'] = options.data;
  const { device, seeds, processes, threads } = options;
  for (const rate of rates) {
    // One folder for each, because a folder holds the runs of one setting.
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
  .option('--data <folder>', 'Fashion-MNIST’s IDX files (default: of Debian’s dataset-fashion-mnist)')
  .option('--device <name>', 'where to train', 'auto')
  .option('--seeds <n>', 'trainings of each variant', wholeNumber, 5)
  .option('--processes <n>', 'trainings at a time (default: as many as the processors allow)', wholeNumber)
  .option('--threads <n>', 'threads of each training', wholeNumber, 1)
  .option('--folder <folder>', 'where runs are kept and reports are written', 'freeze-bn-results')
  .option('--quick', 'a few images and a tiny network, to see that it works', false)
  .parse();

try {
  await main(command.opts<Options>());
} catch (error) {
  if (!isCantripError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code === 'ABLATION_INTERRUPTED' ? 130 : 1;
}

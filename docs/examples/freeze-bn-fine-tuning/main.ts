// Should batch normalisation be frozen in fine-tuning? Trains a ResNet-8 on one task and fine-tunes it on another at four
// batch sizes and two learning rates, with and without. It may be stopped at any time, and goes on where it was.
import { join } from 'node:path';
import { ablate, ablationTable, writeReport } from '@cantrip/ablation';
import { isCantripError } from '@cantrip/errors';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { quick } from './setting.ts';

const batchSizes = [2, 4, 8, 32];

/** At batch 32: what the unfrozen network likes, and a third of it. */
const rates = [0.02, 0.007];

interface Options {
  readonly data?: string;
  readonly device: string;
  readonly seeds: number;
  readonly processes?: number;
  readonly threads: number;
  readonly folder: string;
  readonly quick: boolean;
}

const wholeNumber = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number above 0, got ${text}.`);
};

async function main(tasks: readonly string[], options: Options): Promise<void> {
  // The trainings inherit it.
  if (options.data !== undefined) process.env['FASHION_MNIST'] = options.data;
  const { device, seeds, processes, threads } = options;
  for (const task of tasks) {
    for (const [rate, batch] of rates.flatMap((rate) => batchSizes.map((batch) => [rate, batch] as const))) {
      // One folder for each, because a folder holds the runs of one setting.
      const folder = join(options.folder, `${task}-batch-${batch}-rate-${rate}`);
      const result = await ablate({
        experiment: new URL('./experiment.ts', import.meta.url),
        design: 'add-one',
        parameters: { task, batch, rate, device, ...(options.quick ? quick : {}) },
        seeds,
        threads,
        folder,
        ...(processes !== undefined && { processes }),
      });
      process.stdout.write(
        `\n# ${task}, batch ${batch}, learning rate ${rate}\n\n${ablationTable(result)}\n`,
      );
      writeReport(folder, result);
    }
  }
}

const command = new Command('freeze-bn-fine-tuning')
  .description(
    'Fine-tuning at batch sizes 2, 4, 8 and 32 and two learning rates, with batch normalisation frozen or not; takes hours.',
  )
  .addArgument(
    new Argument('[tasks...]', 'to other classes of Fashion-MNIST, or from digits to Fashion-MNIST').choices([
      'classes',
      'digits',
    ]),
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
  await main(command.args.length > 0 ? command.args : ['classes', 'digits'], command.opts<Options>());
} catch (error) {
  if (!isCantripError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code === 'ABLATION_INTERRUPTED' ? 130 : 1;
}

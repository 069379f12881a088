import { constants } from 'node:os';
import type { FitOptions, History, Trainer } from '@cantrip/trainer';
import { Command, CommanderError } from 'commander';
import type { CantripParts } from '../cantrip-parts.ts';
import { fromProject } from '../config/from-project.ts';
import { loadTraining, type LoadedTraining, valueOf } from '../config/load-training.ts';
import { stdoutForResults } from '../stdout-for-results.ts';
import { formatTrained, type Trained } from './format-trained.ts';
import { addSetOption, countOf } from './shared-options.ts';
import { withBar } from './with-bar.ts';

const who = 'cantrip train';

interface Options {
  readonly set: readonly string[];
  readonly epochs?: number;
  readonly steps?: number;
  readonly resume?: string | true;
  readonly json?: true;
}

/** `cantrip train CONFIG`: trains what a config says. */
export function trainCommand({ out }: CantripParts): Command {
  const command = new Command('train')
    .summary('train what a config says')
    .description(
      'Trains what the default export of a module says. The module is TypeScript or JavaScript, and calls defineConfig ' +
        "of '@cantrip/cli/config'. Standard output has the result alone; everything else goes to standard error.",
    )
    .argument('<config>', 'the module, e.g. train.ts');
  return addSetOption(command)
    .option('--epochs <number>', 'the epochs that the run has at its end', countOf)
    .option(
      '--steps <number>',
      'the steps that the run has at its end; with --epochs, what comes first',
      countOf,
    )
    .option('--resume [checkpoint]', 'go on with the newest checkpoint, or with this one')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ cantrip train train.ts\n' +
        '  $ cantrip train train.ts --set optimizer.learningRate=0.01 --set batchSize=64\n' +
        '  $ cantrip train train.ts --epochs 20 --resume\n' +
        '  $ cantrip train train.ts --json > result.json\n\n' +
        'Ctrl-C completes the step, saves the run if the config has the plugin checkpoint, and ends with exit code 130.',
    )
    .action(async (file: string, options: Options) => {
      const trained = await stdoutForResults(async () =>
        train(await loadTraining(who, file, options.set), options),
      );
      out(options.json ? `${JSON.stringify(trained, undefined, 2)}\n` : formatTrained(trained));
      const code = exitCodeOf(trained.stopped);
      if (code > 0) throw new CommanderError(code, 'cantrip.signal', `${trained.stopped} ended the training`);
    });
}

async function train({ path, params, training }: LoadedTraining, options: Options): Promise<Trained> {
  const { createTrainer } = await fromProject(who, '@cantrip/trainer', path);
  const trainer = createTrainer(await withBar(training.trainer));
  try {
    const data = await valueOf(training.data);
    const history = await trainer.fit(data, await fitOptions(training.fit, options));
    return trainedOf({ path, params }, history, trainer);
  } finally {
    trainer.dispose();
  }
}

async function fitOptions(
  fit: LoadedTraining['training']['fit'],
  { epochs, steps, resume }: Options,
): Promise<FitOptions> {
  const { validation, ...rest } = fit;
  return {
    ...rest,
    ...(validation !== undefined && { validation: await valueOf(validation) }),
    ...(epochs !== undefined && { epochs }),
    ...(steps !== undefined && { steps }),
    ...(resume !== undefined && { resume: resume === true ? 'auto' : resume }),
  };
}

function trainedOf(
  { path, params }: Pick<LoadedTraining, 'path' | 'params'>,
  { seed, earlier, epochs, validations, unfinished, stopped }: History,
  trainer: Trainer,
): Trained {
  const { epoch, step } = trainer.position();
  return {
    config: path,
    params,
    seed,
    epoch,
    step,
    earlier,
    epochs,
    ...(validations && { validations }),
    ...(unfinished && { unfinished }),
    ...(stopped !== undefined && { stopped }),
  };
}

/** As of a program that a signal ended: 128 and the number of the signal. */
function exitCodeOf(stopped: string | undefined): number {
  return stopped === 'SIGINT' || stopped === 'SIGTERM' ? 128 + constants.signals[stopped] : 0;
}

import { resolve } from 'node:path';
import type { Parameters } from '@cantrip/ablation';
import { CantripError } from '@cantrip/errors';
import { Command, Option } from 'commander';
import type { CantripParts } from '../cantrip-parts.ts';
import { fromProject } from '../config/from-project.ts';
import { importModule } from '../config/import-module.ts';
import { setParams } from '../config/set-params.ts';
import { typeScriptPreload } from '../config/typescript-hooks.ts';
import { codes } from '../error-codes.ts';
import { stdoutForResults } from '../stdout-for-results.ts';
import { addSetOption, countOf } from './shared-options.ts';

const who = 'cantrip ablate';

interface Options {
  readonly set: readonly string[];
  readonly design: 'leave-one-out' | 'add-one' | 'factorial';
  readonly seeds?: number;
  readonly processes?: number;
  readonly threads?: number;
  readonly folder: string;
  readonly acceptChanged?: true;
  readonly json?: true;
}

/** `cantrip ablate MODULE`: says which tricks help. */
export function ablateCommand({ out }: CantripParts): Command {
  const command = new Command('ablate')
    .summary('train with and without each trick, and say which ones help')
    .description(
      "Trains the variants of the `experiment` that a module exports, made by defineAblation of '@cantrip/ablation'. It writes " +
        'a table, the numbers and charts. Start it again after Ctrl-C: finished runs are kept.',
    )
    .argument('<module>', 'the module, e.g. experiment.ts');
  return addSetOption(command)
    .addOption(
      new Option('--design <design>', 'which sets of tricks to train')
        .choices(['leave-one-out', 'add-one', 'factorial'])
        .default('leave-one-out'),
    )
    .option('--seeds <number>', 'the number of seeds (default: 5)', countOf)
    .option('--processes <number>', 'the number of trainings at the same time', countOf)
    .option('--threads <number>', 'the threads of each training (default: 1)', countOf)
    .option('--folder <folder>', 'where runs and reports are written', 'ablation-results')
    .option('--accept-changed', 'go on although the experiment has changed')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ cantrip ablate experiment.ts --seeds 2\n' +
        '  $ cantrip ablate experiment.ts --design factorial --set epochs=3 --json > result.json',
    )
    .action(async (file: string, { set, json, ...options }: Options) => {
      const text = await stdoutForResults(async () => {
        const { path, exports } = await importModule(who, file);
        const { ablate, ablationTable, writeReport } = await fromProject(who, '@cantrip/ablation', path);
        const parameters = setParams(who, parametersOf(file, exports['experiment']), set);
        // Each run is a process that imports the module, with the options of Node that this process has.
        process.execArgv.push(`--import=${typeScriptPreload(resolve(path, '..'))}`);
        try {
          const result = await ablate({ ...options, experiment: path, parameters });
          writeReport(options.folder, result);
          return json ? `${JSON.stringify(result, undefined, 2)}\n` : ablationTable(result);
        } finally {
          process.execArgv.pop();
        }
      });
      out(text);
    });
}

function parametersOf(file: string, experiment: unknown): Parameters {
  if (typeof experiment === 'object' && experiment !== null && 'parameters' in experiment) {
    return experiment.parameters as Parameters;
  }
  throw new CantripError(codes.CLI_CONFIG, {
    who,
    what: `${file} does not export an experiment`,
    fix: "Write export const experiment = defineAblation({ … }), imported from '@cantrip/ablation'",
  });
}

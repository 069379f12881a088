import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { CantripError, isCantripError, parseOptions } from '@cantrip/errors';
import { Command, CommanderError } from 'commander';
import * as v from 'valibot';
import { createProject } from './create-project.ts';
import { codes, who } from '../error-codes.ts';

/** The parts that the command uses. A test replaces them. */
export interface CreateParts {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const ordinaryParts: CreateParts = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: { ...process.env },
};

const schema = v.strictObject({
  args: v.array(v.string()),
  parts: v.strictObject({ out: v.function(), err: v.function(), env: v.looseObject({}) }),
});

interface Options {
  readonly data?: string;
  readonly target?: string;
}

/**
 * Runs `npm create cantrip`.
 *
 * @param args - the words after it, e.g. `['my-model', '--data', 'pets']`
 * @returns the exit code: 0, or 1 if there is no project; then the reason was printed
 * @throws CantripError OPTION_INVALID if a program passes wrong arguments
 * @example
 * ```ts
 * await runCreate(['--version']); // prints 0.1.0, returns 0
 * ```
 */
export async function runCreate(
  args: readonly string[],
  parts: CreateParts = ordinaryParts,
): Promise<number> {
  parseOptions('runCreate', schema, { args, parts });
  try {
    await program(parts).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has already printed its message.
    if (error instanceof CommanderError) return error.exitCode;
    // A CantripError tells the user everything. Any other error is a defect, so its stack is printed.
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parts.err(`${isCantripError(error) ? error.message : stack}\n`);
    return 1;
  }
}

function program({ out, err, env }: CreateParts): Command {
  return new Command('create-cantrip')
    .usage('[folder] [options]')
    .description(
      'Creates a TypeScript project that trains on your data. It asks nothing and installs nothing.',
    )
    .argument('[folder]', 'the folder of the project, new or empty', 'my-model')
    .option(
      '--data <path>',
      'a folder of images with one folder for each class, or a .csv, .tsv or .parquet file',
    )
    .option('--target <column>', 'the column of the table to predict')
    .version(version(), '-v, --version', 'print the version of this command')
    .helpOption('-h, --help', 'print this help')
    .addHelpText(
      'after',
      '\nExamples (npm hands over only what stands after --):\n' +
        '  $ npm create cantrip@latest my-model\n' +
        '  $ npm create cantrip@latest my-model -- --data pets\n' +
        '  $ npm create cantrip@latest my-model -- --data people.csv --target income\n\n' +
        'Exit codes: 0 if the project was written, 1 if not; then nothing was written.',
    )
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
    .allowExcessArguments()
    .action(async (folder: string, { data, target }: Options, command: Command) => {
      refuseSwallowed(command.args, data, env);
      const project = await createProject({ folder, data, target });
      out(toldOf(project.about, relative(process.cwd(), project.folder) || '.'));
    });
}

/** Without `--`, npm takes options for its own. It hands over their values as further words, or not at all. */
function refuseSwallowed(args: readonly string[], data: string | undefined, env: CreateParts['env']): void {
  const [folder = 'my-model', ...others] = args;
  const isSwallowed = data === undefined && env['npm_config_data'] !== undefined;
  if (others.length === 0 && !isSwallowed) return;
  throw new CantripError(codes.CREATE_CANTRIP_ARGUMENT, {
    who,
    what: isSwallowed
      ? 'npm took --data for an option of its own'
      : `there is one folder too many: ${others.join(' ')}`,
    fix: `Write -- before the options: npm create cantrip@latest ${folder} -- --data ${others[0] ?? 'pets'}`,
  });
}

function toldOf(about: readonly string[], folder: string): string {
  const enter = folder === '.' ? [] : [`  cd ${/\s/.test(folder) ? `'${folder}'` : folder}`];
  const lines = [
    `Created ${folder === '.' ? 'the project in this folder' : folder}.`,
    ...about,
    '',
    ...enter,
    '  npm install',
    '  npm start',
    '',
  ];
  return `${lines.join('\n')}`;
}

function version(): string {
  // The built file is as deep as this one.
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version;
}

import { Command } from 'commander';
import { formatBytes } from '../doctor/format-bytes.ts';
import type { CantripParts } from '../cantrip-parts.ts';

interface Options {
  readonly cuda?: true;
  readonly version?: string;
  readonly json?: true;
}

/** `cantrip install-runtime`: installs TensorFlow's library for native speed. */
export function installRuntimeCommand({ core, out, err }: CantripParts): Command {
  return new Command('install-runtime')
    .summary('install TensorFlow for training at native speed')
    .description(
      'Downloads the TensorFlow library with your own uv or pip into a cache folder, trains one step as a test, ' +
        'and prints what it did. It compiles nothing and does not change your Python environments.',
    )
    .option('--cuda', "with NVIDIA's libraries, which training on a GPU needs")
    .option(
      '--version <version>',
      'the version of TensorFlow (default: the version that this release is tested with)',
    )
    .option('--json', 'print what is installed as JSON; what is done meanwhile goes to standard error')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ cantrip install-runtime\n' +
        '  $ cantrip install-runtime --cuda --version 2.21.0\n\n' +
        'To use a library that you already have, set CANTRIP_TENSORFLOW to libtensorflow_cc.so.2 or its folder.',
    )
    .action(async ({ cuda, version, json }: Options) => {
      const { installRuntime } = await core();
      const installed = await installRuntime({
        log: (line) => (json ? err : out)(`${line}\n`),
        ...(cuda && { cuda }),
        ...(version !== undefined && { version }),
      });
      if (json) return out(`${JSON.stringify(installed, undefined, 2)}\n`);
      const verb = installed.alreadyThere ? 'is already installed' : 'is installed';
      const kind = installed.cuda ? ' with CUDA' : '';
      out(
        `TensorFlow ${installed.version}${kind} ${verb}: ${installed.library} (${formatBytes(installed.bytes)})\n`,
      );
    });
}

import { Command } from 'commander';
import { formatBytes } from './format-bytes.ts';
import type { CantripParts } from './cantrip-parts.ts';

interface Options {
  readonly cuda?: true;
  readonly version?: string;
}

/** `cantrip install-runtime`: gets TensorFlow's library for native speed. */
export function installRuntimeCommand({ core, out }: CantripParts): Command {
  return new Command('install-runtime')
    .summary('install TensorFlow for training at native speed')
    .description(
      'Gets the TensorFlow library with your own uv or pip into a cache folder, proves it by training one step,\n' +
        'and says what it did. Nothing is compiled, and your Python environments are left alone.',
    )
    .option('--cuda', 'with the libraries of NVIDIA that training on a GPU needs')
    .option('--version <version>', 'the version of TensorFlow (default: the one this release is tested with)')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ cantrip install-runtime\n' +
        '  $ cantrip install-runtime --cuda --version 2.21.0\n\n' +
        'A library that is there already is used as it is: set CANTRIP_TENSORFLOW to libtensorflow_cc.so.2 or its folder.',
    )
    .action(async ({ cuda, version }: Options) => {
      const { installRuntime } = await core();
      const installed = await installRuntime({
        log: (line) => out(`${line}\n`),
        ...(cuda && { cuda }),
        ...(version !== undefined && { version }),
      });
      const verb = installed.alreadyThere ? 'is there already' : 'is installed';
      const kind = installed.cuda ? ' with CUDA' : '';
      out(
        `TensorFlow ${installed.version}${kind} ${verb}: ${installed.library} (${formatBytes(installed.bytes)})\n`,
      );
    });
}

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { isCantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { CantripParts } from './cantrip-parts.ts';
import { doctorCommand } from './doctor-command.ts';
import { installRuntimeCommand } from './install-runtime-command.ts';

const ordinaryParts: CantripParts = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  // Loaded only when a command needs it, so that --help answers at once.
  core: async () => await import('@cantrip/core-tensor-gpu'),
};

const schema = v.strictObject({
  args: v.array(v.string()),
  parts: v.strictObject({ out: v.function(), err: v.function(), core: v.function() }),
});

/**
 * Runs the `cantrip` command.
 *
 * @param args - what stands behind `cantrip`, e.g. `['doctor', '--json']`
 * @returns the exit code: 0, or 1 when a command or an argument failed; the message has been printed then
 * @throws CantripError OPTION_INVALID where it is called wrongly by a program
 * @example
 * ```ts
 * await runCantrip(['--version']); // prints 0.1.0, returns 0
 * ```
 */
export async function runCantrip(
  args: readonly string[],
  parts: CantripParts = ordinaryParts,
): Promise<number> {
  parseOptions('runCantrip', schema, { args, parts });
  try {
    await program(parts).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has printed its own message already.
    if (error instanceof CommanderError) return error.exitCode;
    // A CantripError says all that its reader needs; anything else is a defect, whose stack is needed.
    parts.err(isCantripError(error) ? `${error.message}\n` : `${stackOf(error)}\n`);
    return 1;
  }
}

function program(parts: CantripParts): Command {
  const command = new Command('cantrip')
    .description('Training tricks for TensorFlow.js: the device they train on.')
    .version(version(), '-v, --version', 'print the version of this command')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError('(cantrip --help lists what there is)')
    // `install-runtime --version` is another option than `cantrip --version`.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: parts.out, writeErr: parts.err });
  for (const subcommand of [doctorCommand(parts), installRuntimeCommand(parts)]) {
    command.addCommand(subcommand.copyInheritedSettings(command));
  }
  return command;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

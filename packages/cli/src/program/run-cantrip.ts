import { Command, CommanderError } from 'commander';
import { isCantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { CantripParts } from '../cantrip-parts.ts';
import { completionCommand } from '../commands/completion-command.ts';
import { doctorCommand } from '../commands/doctor-command.ts';
import { installRuntimeCommand } from '../commands/install-runtime-command.ts';
import { ablateCommand } from '../commands/ablate-command.ts';
import { exportCommand } from '../commands/export-command.ts';
import { lrFindCommand } from '../commands/lr-find-command.ts';
import { reportCommand } from '../commands/report-command.ts';
import { scheduleCommand } from '../commands/schedule-command.ts';
import { trainCommand } from '../commands/train-command.ts';
import { version } from '../version.ts';

const ordinaryParts: CantripParts = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  // Loaded only when a command needs it, so that --help is fast.
  core: async () => await import('@cantrip/core-tensor-gpu'),
};

const schema = v.strictObject({
  args: v.array(v.string()),
  parts: v.strictObject({ out: v.function(), err: v.function(), core: v.function() }),
});

/**
 * Runs the `cantrip` command.
 *
 * @param args - the words after `cantrip`, e.g. `['doctor', '--json']`
 * @returns the exit code: 0, or 1 if a command or an argument failed; then the message was printed
 * @throws CantripError OPTION_INVALID if a program passes wrong arguments
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
    // Commander has already printed its message.
    if (error instanceof CommanderError) return error.exitCode;
    // A CantripError tells the user everything. Any other error is a defect, so its stack is printed.
    parts.err(isCantripError(error) ? `${error.message}\n` : `${stackOf(error)}\n`);
    return 1;
  }
}

function program(parts: CantripParts): Command {
  const command = new Command('cantrip')
    .description('Trains models with Cantrip, shows the device that it trains on, and installs TensorFlow.')
    .version(version(), '-v, --version', 'print the version of this command')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError('(cantrip --help lists all commands)')
    // `install-runtime --version` is a different option from `cantrip --version`.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: parts.out, writeErr: parts.err });
  for (const subcommand of [
    trainCommand(parts),
    lrFindCommand(parts),
    scheduleCommand(parts),
    ablateCommand(parts),
    reportCommand(parts),
    exportCommand(parts),
    doctorCommand(parts),
    installRuntimeCommand(parts),
    completionCommand(parts, command),
  ]) {
    command.addCommand(subcommand.copyInheritedSettings(command));
  }
  return command;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

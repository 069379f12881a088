import { type Command, InvalidArgumentError, Option } from 'commander';

/** Gives a command the option `--set`, which may be repeated. */
export function addSetOption(command: Command): Command {
  return command.addOption(
    new Option('--set <name=value>', 'change a parameter; may be repeated')
      .argParser((text: string, before: readonly string[]) => [...before, text])
      .default([], 'none'),
  );
}

/** Reads a number of at least 1 that has no fraction. */
export function countOf(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

/** Reads a finite number above 0. */
export function positiveOf(text: string): number {
  const value = Number(text);
  if (/^[\d.]/.test(text) && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

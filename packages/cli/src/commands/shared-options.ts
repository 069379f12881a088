import { type Command, InvalidArgumentError } from 'commander';

/** Gives a command the option `--set`, which may be repeated. */
export function addSetOption(command: Command): Command {
  return command.option(
    '--set <name=value>',
    'change a parameter of the config; may be repeated',
    (text: string, before: readonly string[]) => [...before, text],
    [],
  );
}

/** Reads a number of at least 1 that has no fraction. */
export function countOf(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

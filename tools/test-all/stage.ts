import { oneFailed, onePassed, parseTally, type Tally } from './tally.ts';
import { type CommandOptions, runCommand } from './run-command.ts';

/** One part of `npm test`. */
export interface Stage {
  readonly name: string;
  run(): Promise<Tally>;
}

/** Stages of which one follows the other. */
export type Lane = readonly Stage[];

/** A stage that runs a command, which passes or fails as a whole. */
export function commandStage(name: string, command: string[], options?: CommandOptions): Stage {
  return {
    name,
    run: async () => {
      const { code, output } = await run(command, options);
      return code === 0 ? onePassed : { ...oneFailed, failures: endOf(output) };
    },
  };
}

/** A stage that runs a command, which prints `N passed, N failed` last; one that fails without saying so crashed. */
export function countedStage(name: string, command: string[], options?: CommandOptions): Stage {
  return {
    name,
    run: async () => {
      const { code, output } = await run(command, options);
      const tally = parseTally(output);
      if (tally === undefined) return { ...oneFailed, failures: endOf(output) };
      if (code === 0 && tally.failed === 0) return tally;
      const named = output.split('\n').filter((line) => line.startsWith('FAILED'));
      const failures = named.length > 0 ? named : endOf(output);
      return { ...tally, failed: Math.max(tally.failed, 1), failures };
    },
  };
}

/** The last lines that a command printed. */
function endOf(output: string): string[] {
  return output.trimEnd().split('\n').slice(-12);
}

async function run(
  [command = '', ...args]: string[],
  options?: CommandOptions,
): Promise<{ code: number; output: string }> {
  return await runCommand(command, args, options);
}

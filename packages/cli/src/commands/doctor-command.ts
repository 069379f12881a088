import { Command, CommanderError } from 'commander';
import { formatDiagnosis } from '../doctor/format-diagnosis.ts';
import type { CantripParts } from '../cantrip-parts.ts';

/** `cantrip doctor`: shows which device training would use, and what each better device needs. */
export function doctorCommand({ core, out }: CantripParts): Command {
  return new Command('doctor')
    .summary('show which device training would use, and why no better one')
    .description(
      'Opens every device in a separate process and prints the one that training would use, with its version, ' +
        'threads and memory. For each absent device it prints the reason and the command that fixes it.',
    )
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExamples:\n  $ cantrip doctor\n  $ cantrip doctor --json > findings.json')
    .action(async ({ json }: { readonly json?: true }) => {
      const diagnosis = await (await core()).diagnose();
      out(json ? `${JSON.stringify(diagnosis, undefined, 2)}\n` : formatDiagnosis(diagnosis));
      // The exit code is that of training, so that a script sees it.
      if (diagnosis.refusal) throw new CommanderError(1, 'cantrip.refusal', diagnosis.refusal.reason);
    });
}

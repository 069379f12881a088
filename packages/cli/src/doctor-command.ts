import { Command, CommanderError } from 'commander';
import { formatDiagnosis } from './format-diagnosis.ts';
import type { CantripParts } from './cantrip-parts.ts';

/** `cantrip doctor`: which device training would use, and what each better one needs. */
export function doctorCommand({ core, out }: CantripParts): Command {
  return new Command('doctor')
    .summary('tell which device training would use, and why no better one')
    .description(
      'Tries every device in a process of its own and tells which one training would use, with its version,\n' +
        'threads and memory, and for each one that is absent the reason and the command that would fix it.',
    )
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExamples:\n  $ cantrip doctor\n  $ cantrip doctor --json > findings.json')
    .action(async ({ json }: { readonly json?: true }) => {
      const diagnosis = await (await core()).diagnose();
      out(json ? `${JSON.stringify(diagnosis, undefined, 2)}\n` : formatDiagnosis(diagnosis));
      // As training would end, so that a script sees it.
      if (diagnosis.refusal) throw new CommanderError(1, 'cantrip.refusal', diagnosis.refusal.reason);
    });
}

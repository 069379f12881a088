import { Argument, Command } from 'commander';
import type { CantripParts } from '../cantrip-parts.ts';
import { completionScript, shells, type Shell } from '../completion/completion-script.ts';

/** `cantrip completion SHELL`: prints a script that completes the words of this command. */
export function completionCommand({ out }: CantripParts, program: Command): Command {
  return new Command('completion')
    .summary('print a script that completes commands and options in a shell')
    .description(
      'Prints a script for bash, zsh or fish. It completes commands, options, their choices, and files.',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      '\nExamples: ' +
        '  $ cantrip completion bash >> ~/.bashrc ' +
        '  $ cantrip completion zsh > ~/.zfunc/_cantrip        # a folder of $fpath ' +
        '  $ cantrip completion fish > ~/.config/fish/completions/cantrip.fish',
    )
    .action((shell: Shell) => out(completionScript(shell, program)));
}

import type { Command, Option } from 'commander';

/** The shells for which there is a script. */
export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** A script that completes the commands and options of a program. Where no option is begun, it completes files. */
export function completionScript(shell: Shell, program: Command): string {
  return { bash, zsh, fish }[shell](program);
}

function bash(program: Command): string {
  const name = program.name();
  const choices = program.commands.flatMap((command) =>
    optionsOf(command).flatMap(({ long, argChoices }) =>
      argChoices ? `    '${command.name()} ${long}') words='${argChoices.join(' ')}' ;;` : [],
    ),
  );
  const first = program.commands.flatMap((command) => {
    const [argument] = command.registeredArguments;
    return argument?.argChoices ? `    ${command.name()}) words='${argument.argChoices.join(' ')}' ;;` : [];
  });
  const options = program.commands.map(
    (command) => `    ${command.name()}) words='${longs(command).join(' ')}' ;;`,
  );
  const begins = [...program.commands.map((command) => command.name()), ...longs(program)].join(' ');
  return `# Completes the words of ${name} in bash.
_${name}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" words=
  COMPREPLY=()
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD-1]}" in
${choices.join('\n')}
  esac
  if [[ -n $words ]]; then :
  elif [[ $COMP_CWORD -eq 1 ]]; then words='${begins}'
  elif [[ $cur == -* ]]; then case "\${COMP_WORDS[1]}" in
${options.join('\n')}
  esac
  elif [[ $COMP_CWORD -eq 2 ]]; then case "\${COMP_WORDS[1]}" in
${first.join('\n')}
  esac
  fi
  [[ -z $words ]] || COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _${name} ${name}
`;
}

function zsh(program: Command): string {
  const name = program.name();
  const quote = (text: string): string => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, '\\$&');
  const commands = program.commands.map((command) => `    '${command.name()}:${quote(command.summary())}'`);
  const cases = program.commands.map((command) => {
    const options = optionsOf(command).map((option) => {
      const value = takesValue(option)
        ? `:value:${option.argChoices ? `(${option.argChoices.join(' ')})` : '_files'}`
        : '';
      return `'*${option.long}[${quote(option.description)}]${value}'`;
    });
    const [argument] = command.registeredArguments;
    const rest = argument?.argChoices
      ? `'1:${argument.name()}:(${argument.argChoices.join(' ')})'`
      : "'*:file:_files'";
    return `    ${command.name()}) _arguments ${[...options, rest].join(' ')} ;;`;
  });
  return `#compdef ${name}
# Completes the words of ${name} in zsh.
_${name}() {
  local -a commands
  commands=(
${commands.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function fish(program: Command): string {
  const name = program.name();
  const quote = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const lines = program.commands.flatMap((command) => {
    const seen = `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name()}'`;
    const options = optionsOf(command).map((option) => {
      const value = option.argChoices
        ? ` -xa '${option.argChoices.join(' ')}'`
        : takesValue(option)
          ? ' -r'
          : '';
      return `${seen} -l ${option.long!.slice(2)} -d '${quote(option.description)}'${value}`;
    });
    const choices = command.registeredArguments[0]?.argChoices;
    return [
      `complete -c ${name} -n __fish_use_subcommand -f -a ${command.name()} -d '${quote(command.summary())}'`,
      ...options,
      ...(choices ? [`${seen} -f -a '${choices.join(' ')}'`] : []),
    ];
  });
  return `# Completes the words of ${name} in fish.\n${lines.join('\n')}\n`;
}

const optionsOf = (command: Command): readonly Option[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== undefined);

const longs = (command: Command): readonly string[] => optionsOf(command).map(({ long }) => long!);

const takesValue = ({ required, optional }: Option): boolean => required || optional;

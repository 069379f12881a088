import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openScreen, type Screen } from './screen.ts';

const program = fileURLToPath(new URL('programs/train.ts', import.meta.url));
const quoted = (text: string): string => `'${text}'`;
const command = [process.execPath, '--import', 'tsx', '--conditions=@cantrip/source', program]
  .map(quoted)
  .join(' ');

/** Linux's `script` runs a program on a pseudo-terminal. Others of this name have other options. */
export const canOpenTerminals: boolean =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

export interface InTerminal {
  /** The program's word, and what the shell does with its streams: `hang 2>/dev/null`. */
  readonly args?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all output so far, and may type keys. */
  type?(sent: string): string | undefined;
}

/** Runs the program on a pseudo-terminal of 90 columns and shows what it sends by a terminal emulator. */
export async function inTerminal({
  args = '',
  env = {},
  type = () => undefined,
}: InTerminal): Promise<{ readonly screen: Screen; readonly code: number | null }> {
  const screen = openScreen(90);
  const line = `stty cols 90 rows 12; exec ${command} ${args}`;
  const { CI: _, NO_COLOR: __, ...own } = process.env;
  const child = spawn('script', ['-qefc', `bash -c ${JSON.stringify(line)}`, '/dev/null'], {
    env: { ...own, TERM: 'xterm-256color', SHELL: '/bin/bash', ...env },
  });
  // Its own text, because the screen takes one piece after the other, each a little later.
  let sent = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    sent += text;
    screen.write(text);
    const keys = type(sent);
    if (keys !== undefined) child.stdin.write(keys);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { screen, code };
}

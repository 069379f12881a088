import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { data, imports, parametrized, project, trainerOf } from './project.ts';

const main = fileURLToPath(new URL('../src/program/main.ts', import.meta.url));

/** Linux's `script` runs a program on a pseudo-terminal. Others of this name have other options. */
const canOpenTerminals =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

/** Runs the command on a pseudo-terminal, with standard output in a file; gives what the terminal got, and the file. */
async function onTerminal(
  folder: string,
  args: string,
): Promise<{ code: number | null; terminal: string; out: string }> {
  const tsx = import.meta.resolve('tsx/esm');
  const line = `'${process.execPath}' --conditions=@cantrip/source --import='${tsx}' '${main}' ${args} > out.txt`;
  const { CI: _, ...own } = process.env;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd: folder,
    env: { ...own, TERM: 'xterm', SHELL: '/bin/bash' },
  });
  let terminal = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (terminal += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, terminal, out: readFileSync(join(folder, 'out.txt'), 'utf8') };
}

const silent = parametrized.replace(
  'loss: meanSquaredError(),',
  'loss: meanSquaredError(), reporter: false,',
);

describe.skipIf(!canOpenTerminals)('cantrip train on a terminal', () => {
  it('shows a bar, and prints the result alone on standard output', async () => {
    const { folder } = project({ 'train.ts': `${parametrized}console.log('hello');` });
    const { code, terminal, out } = await onTerminal(folder, 'train train.ts --json');
    expect(code).toBe(0);
    expect(terminal).toMatch(/epoch 1\/2 .*█|epoch 1\/2 .*░/);
    expect(terminal).toContain('[progress] epoch 2/2: loss');
    expect(terminal).not.toContain('[trainer] epoch');
    expect(terminal).toContain('hello');
    expect(JSON.parse(out)).toMatchObject({ epoch: 2 });
  });

  it('shows none for a config that has a bar of its own, or wants silence', async () => {
    const own = parametrized
      .replace('plugins: []', "plugins: [progress({ label: 'mine' })]")
      .replace('import', "import { progress } from '@cantrip/progress';\nimport");
    const { folder } = project({ 'own.ts': own, 'silent.ts': silent });
    const first = await onTerminal(folder, 'train own.ts');
    expect(first.terminal).toContain('[progress] mine, epoch 2/2: loss');
    expect(first.terminal).not.toContain('[progress] epoch');
    expect((await onTerminal(folder, 'train silent.ts')).terminal).toBe('');
  });

  it('goes on where a run stopped that had no terminal', async () => {
    const head = "import { checkpoint } from '@cantrip/checkpoint';\n";
    const options = trainerOf('sgd({ learningRate: 0.1 })', "checkpoint({ folder: 'runs' })");
    const config = `${head}${imports}export default () => ({ trainer: ${options}, data: ${data}, fit: { epochs: 2 } });`;
    const { folder, cantrip } = project({ 'train.ts': config });
    await cantrip('train', 'train.ts', '--epochs', '1');
    const { code, out } = await onTerminal(folder, 'train train.ts --resume --json');
    expect({ code, earlier: (JSON.parse(out) as { earlier: unknown[] }).earlier.length }).toEqual({
      code: 0,
      earlier: 1,
    });
  });

  it('prints nothing between the results of lr-find', async () => {
    const { folder } = project({ 'train.ts': parametrized });
    const { code, terminal } = await onTerminal(folder, 'lr-find train.ts --json');
    expect({ code, terminal }).toEqual({ code: 0, terminal: '' });
  });
});

describe('cantrip train elsewhere', () => {
  it("has the trainer's lines and no bar", async () => {
    const { err } = await project({ 'train.ts': parametrized }).cantrip('train', 'train.ts');
    expect(err).toContain('[trainer] epoch 2/2: loss');
    expect(err).not.toMatch(/█|░|progress/);
  });
});

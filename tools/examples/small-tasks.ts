import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../test-all/run-command.ts';

interface SmallTask {
  /** The folder of `docs/examples`. */
  readonly name: string;
  /** Options with which it ends after seconds. */
  readonly options: readonly string[];
  /** Whether what it wrote shows that it learnt something in so few steps. */
  readonly learnt: (result: never) => boolean;
}

const tasks: readonly SmallTask[] = [
  {
    name: 'table-regression',
    options: ['--epochs', '4', '--seeds', '1'],
    learnt: ({ means }: { means: { r2: number } }) => means.r2 > 0.2,
  },
  {
    name: 'char-transformer',
    options: ['--steps', '30', '--seeds', '1'],
    // 5.95 bits would be a guess among all characters.
    learnt: ({ runs }: { runs: [{ bitsPerCharacter: number }] }) => runs[0].bitsPerCharacter < 4,
  },
  {
    name: 'text-classification',
    options: ['--epochs', '1', '--seeds', '1'],
    // The largest book has 23 % of the verses.
    learnt: ({ runs }: { runs: [{ accuracy: number }] }) => runs[0].accuracy > 0.4,
  },
  {
    name: 'two-outputs',
    options: ['--epochs', '4', '--seeds', '1'],
    learnt: ({ runs: [{ logs }] }: { runs: [{ logs: Record<string, number> }] }) =>
      logs['measure_r2']! > 0.2 && logs['above_rocAuc']! > 0.65,
  },
];

/** Runs each small task on a few steps. Returns the name of each, and whether it passed. */
export async function runSmallTasks(root: string): Promise<[name: string, passed: boolean][]> {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-tasks-'));
  const outcomes: [string, boolean][] = [];
  for (const { name, options, learnt } of tasks) {
    const json = join(folder, `${name}.json`);
    const program = join(root, 'docs/examples', name, 'main.ts');
    const { code } = await runCommand(
      'npx',
      ['tsx', '--conditions=@cantrip/source', program, ...options, '--json', json],
      { cwd: root, limit: 5 },
    );
    const passed = code === 0 && learnt(JSON.parse(readFileSync(json, 'utf8')) as never);
    outcomes.push([`the example ${name} learns`, passed]);
  }
  rmSync(folder, { recursive: true, force: true });
  return outcomes;
}

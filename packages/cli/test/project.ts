import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../src/program/main.ts', import.meta.url));
const installed = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** What a finished command left. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder of a user, and the command in it. */
export interface Project {
  readonly folder: string;
  /** Runs the command and waits for its end. */
  cantrip(...args: readonly string[]): Promise<Ended>;
  /** Runs the command, and calls `act` with its process when standard error has the text. */
  when(text: string, act: (child: ChildProcess) => void, args: readonly string[]): Promise<Ended>;
}

/** Creates a folder with these files, in which the packages of this repository are installed. */
export function project(files: Readonly<Record<string, string>>, name = 'cantrip project'): Project {
  const folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'cantrip-'))), name);
  mkdirSync(folder);
  onTestFinished(() => rmSync(dirname(folder), { recursive: true, force: true }));
  symlinkSync(installed, join(folder, 'node_modules'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const when: Project['when'] = (text, act, args) => run(folder, args, { text, act });
  return { folder, when, cantrip: (...args) => run(folder, args) };
}

interface Wait {
  readonly text: string;
  readonly act: (child: ChildProcess) => void;
}

function run(cwd: string, args: readonly string[], wait?: Wait): Promise<Ended> {
  // As the built command: Node, which knows no TypeScript of the project until the command says so.
  const options = ['--conditions=@cantrip/source', `--import=${import.meta.resolve('tsx/esm')}`];
  const child = spawn(process.execPath, [...options, main, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err, waits] = ['', '', wait];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    if (!waits || !err.includes(waits.text)) return;
    waits.act(child);
    waits = undefined;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** What a config imports, and a training of a few milliseconds. */
export const imports = `
import { defineConfig } from '@cantrip/cli/config';
import { sgd } from '@cantrip/optimizers';
import { meanSquaredError } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
`;

/** The source of the options of a trainer; `optimizer` is the source of its optimizer. */
export const trainerOf = (optimizer: string, plugins = ''): string => `{
  device: 'cpu',
  model: () => sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] }),
  optimizer: ${optimizer},
  loss: meanSquaredError(),
  plugins: [${plugins}],
}`;

/** The source of its data. */
export const data = '{ inputs: [[1], [2], [3], [4]], targets: [[2], [4], [6], [8]], batchSize: 2 }';

/** A config with parameters, in plain JavaScript that TypeScript accepts too. */
export const parametrized: string = `${imports}
export default defineConfig({
  params: { epochs: 2, name: 'first', optimizer: { learningRate: 0.1, nesterov: false } },
  run: (params) => ({
    trainer: ${trainerOf('sgd({ learningRate: params.optimizer.learningRate })')},
    data: () => (${data}),
    fit: { epochs: params.epochs, validation: () => (${data}) },
  }),
});
`;

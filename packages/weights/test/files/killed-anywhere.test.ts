import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { loadModel } from '@cantrip/weights/files';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const base = mkdtempSync(join(tmpdir(), 'cantrip-killed-anywhere-'));
const program = join(base, 'program.mjs');

beforeAll(async () => {
  await openDevice('cpu');
  // One file, because each of many processes would else translate all sources.
  await build({
    entryPoints: [fileURLToPath(new URL('./programs/export-and-die.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@cantrip/source'],
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(createRequire(import.meta.url).resolve('vitest'))});`,
    },
    // The backend registers itself, which its package does not say.
    ignoreAnnotations: true,
    logLevel: 'silent',
  });
}, 60_000);
afterAll(() => rmSync(base, { recursive: true, force: true }));

const run = (folder: string, ...args: readonly string[]): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, [program, folder, ...args], { encoding: 'utf8' });

/** The number that all weights of the model in a folder have. */
async function valueOf(folder: string): Promise<number> {
  const model = await loadModel(folder);
  const values = new Set(model.getWeights().flatMap((weight) => [...weight.dataSync()]));
  model.dispose();
  expect(values.size).toBe(1);
  return [...values][0]!;
}

describe('an export that is killed', () => {
  it('at any operation of the file system leaves the whole old model or the whole new one', async () => {
    const [old, first] = [join(base, 'old'), join(base, 'first')];
    run(old, '0');
    cpSync(old, first, { recursive: true });
    const { stdout } = run(first, '1');
    const operations = JSON.parse(String(stdout)) as string[];
    // Two files are written, and the new one is read again before the old weights go.
    for (const name of ['mkdir', 'open', 'write', 'sync', 'close', 'rename', 'readFile', 'rm'])
      expect(operations, name).toContain(name);
    const changed = operations.lastIndexOf('rename');
    for (const [at, operation] of operations.entries()) {
      const moments = operation === 'write' ? ['before', 'half', 'after'] : ['before', 'after'];
      for (const moment of moments) {
        const folder = join(base, `${at}-${moment}`);
        cpSync(old, folder, { recursive: true });
        const { signal } = run(folder, '1', String(at), moment);
        const words = `${operation}, number ${at}, ${moment}`;
        expect(signal, words).toBe('SIGKILL');
        const isNew = at > changed || (at === changed && moment === 'after');
        expect(await valueOf(folder), words).toBe(isNew ? 1 : 0);
      }
    }
  }, 60_000);
});

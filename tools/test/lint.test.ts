import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const eslint = new ESLint({ cwd: root });

/** The rules that a text breaks when it stands in the place of a file that exists. */
async function broken(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: `${root}/${file}` });
  return [...new Set(result?.messages.map(({ ruleId }) => ruleId ?? 'parse error'))];
}

const trick = 'packages/label-smoothing/src/index.ts';
const restricted = '@typescript-eslint/no-restricted-imports';

describe('the lint', () => {
  it('accepts a trick that takes types from the trainer', async () => {
    const text =
      "import type { Plugin } from '@cantrip/trainer';\nexport const plugin: Plugin = { name: 'a' };\n";
    expect(await broken(trick, text)).toEqual([]);
  });

  it.each([
    [
      'a promise that nobody waits for',
      trick,
      'async function a(): Promise<void> {}\nexport const b = (): void => {\n  a();\n};\n',
      '@typescript-eslint/no-floating-promises',
    ],
    [
      'a promise where a truth value is wanted',
      trick,
      'async function a(): Promise<boolean> {\n  return true;\n}\nexport const b = (): number => (a() ? 1 : 2);\n',
      '@typescript-eslint/no-misused-promises',
    ],
    ['any', trick, 'export const a = (b: any): void => void b;\n', '@typescript-eslint/no-explicit-any'],
    ['a default export', trick, 'const a = 1;\nexport default a;\n', 'no-restricted-syntax'],
    [
      'a default export by another way',
      trick,
      'const a = 1;\nexport { a as default };\n',
      'no-restricted-syntax',
    ],
    [
      'a run-time import of the trainer in a trick',
      trick,
      "export { createTrainer } from '@cantrip/trainer';\n",
      restricted,
    ],
    ['another trick in a trick', trick, "export { seed } from '@cantrip/seed';\n", restricted],
    [
      'the native library outside of core-tensor-gpu',
      'packages/optimizers/src/index.ts',
      "export * from 'koffi';\n",
      restricted,
    ],
    [
      'a backend outside of core-tensor-gpu',
      'packages/trainer/src/index.ts',
      "import '@tensorflow/tfjs-backend-cpu';\n",
      restricted,
    ],
    [
      "a way round a package's exports",
      'packages/trainer/src/index.ts',
      "export * from '../../errors/src/describe.ts';\n",
      restricted,
    ],
    [
      'a type import that leaves an import behind',
      trick,
      "import { type Plugin } from '@cantrip/trainer';\nexport const plugin: Plugin = { name: 'a' };\n",
      '@typescript-eslint/no-import-type-side-effects',
    ],
  ])('refuses %s', async (_, file, text, rule) => {
    expect(await broken(file, text)).toContain(rule);
  });
});

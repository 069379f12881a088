import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue } from '@cantrip/errors';
import { describe, expect, it } from 'vitest';
import { errorsPage } from '../generate/errors-page.ts';
import { nameProblem, trickFiles } from '../generators/trick/trick-files.ts';
import { runCommand } from '../test-all/run-command.ts';
import { rules } from '../workspace-rules/rules.ts';
import { ownCodesIn } from '../workspace/own-codes-in.ts';
import { workspaceOf } from '../workspace/workspace.ts';
import { tinyWorkspace } from './tiny-workspace.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A workspace with one more trick, whose generated pages are up to date. */
function workspaceWith(files: Iterable<readonly [string, string]>): ReturnType<typeof workspaceOf> {
  const all = new Map([...tinyWorkspace().files, ...files]);
  return workspaceOf(new Map([...all, ['docs/errors.md', errorsPage(catalogue, ownCodesIn(all))]]));
}

describe('a new trick', () => {
  it('brings error codes of its own, with no edit elsewhere', async () => {
    const { files } = workspaceWith(await trickFiles('gentle-nudge'));
    expect(files.get('docs/errors.md')).toContain(
      '## GENTLE_NUDGE_NO_SCALAR\n\nThe loss is not one number. From `@cantrip/gentle-nudge`.\n',
    );
    const file = 'packages/gentle-nudge/src/error-codes.ts';
    const foreign = workspaceWith([
      ...files,
      [file, files.get(file)!.replaceAll('GENTLE_NUDGE_NO', 'OTHER_NO')],
    ]);
    const [breach] = rules.flatMap(({ check }) => check(foreign)).filter((one) => one.file === file);
    expect(breach?.what).toBe('defines OTHER_NO_SCALAR, which does not begin with GENTLE_NUDGE_');
  });

  it('keeps the house rules, but for the sentences that its author must write', async () => {
    const files = await trickFiles('gentle-nudge');
    const workspace = workspaceWith(files);
    expect(workspace.packages.find(({ name }) => name === 'gentle-nudge')?.isTrick).toBe(true);
    const breaches = rules.flatMap(({ check }) => check(workspace));
    expect(breaches.map(({ file, what }) => [file, what.replace(/: say.*|: name.*/, '')])).toEqual([
      ...Array.from({ length: 5 }, () => ['packages/gentle-nudge/README.md', 'is not written yet: "TODO']),
      ['packages/gentle-nudge/package.json', 'is not written yet: "TODO'],
    ]);
  });

  it('keeps every house rule once these are written', async () => {
    const files = [...(await trickFiles('gentle-nudge'))].map(
      ([path, text]) => [path, text.replace(/TODO: /g, 'A sentence about it: ')] as const,
    );
    const workspace = workspaceWith(files);
    expect(rules.flatMap(({ check }) => check(workspace))).toEqual([]);
  });

  it('bears its name in every form and nothing of the template', async () => {
    const files = await trickFiles('gentle-nudge');
    const text = [...files].flat().join('\n');
    expect(text).toContain('export function gentleNudge(options: GentleNudgeOptions = {}): Plugin');
    expect(files.has('packages/gentle-nudge/src/apply-gentle-nudge.ts')).toBe(true);
    expect(text).not.toMatch(/trick-?name/i);
  });

  it('type-checks and passes its own tests', async () => {
    const folder = join(root, 'test-results/new-trick');
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of await trickFiles('gentle-nudge')) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    for (const file of ['tsconfig.base.json', 'vitest.config.ts'])
      copyFileSync(join(root, file), join(folder, file));
    const cwd = join(folder, 'packages/gentle-nudge');
    const types = await runCommand('npx', ['tsc', '-p', '.'], { cwd, quiet: true });
    expect(types.output.replace(/^npm warn.*\n/gm, '')).toBe('');
    const tests = await runCommand('npm', ['test'], { cwd, quiet: true });
    expect(tests.output).toMatch(/Tests .*\d+ passed/);
    expect(tests.code).toBe(0);
  });

  it.each(['', 'Gentle', 'gentle_nudge', '-nudge', 'gentle--nudge', '../nudge'])(
    'is not called "%s"',
    (name) => {
      expect(nameProblem(name)).toBeDefined();
      expect(nameProblem('gentle-nudge')).toBeUndefined();
    },
  );
});

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Program, programsOf, typeErrors } from './readme-blocks/programs.ts';
import { runCommand } from './test-all/run-command.ts';
import { formatTally } from './test-all/tally.ts';
import { readWorkspace } from './workspace/workspace.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'test-results/readmes');

const tsconfig = {
  extends: '../../tsconfig.base.json',
  compilerOptions: {
    allowJs: true,
    checkJs: true,
    moduleDetection: 'force',
    isolatedDeclarations: false,
    declaration: false,
  },
  include: ['*.ts', '*.js'],
};

/** Type-checks and runs every program that a page shows; an argument limits it to pages with that text in their path. */
async function main([wanted = '']: readonly string[]): Promise<void> {
  const programs = programsOf(readWorkspace(root).files).filter(({ page }) => page.includes(wanted));
  writePrograms(programs);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { code, output } = await runCommand(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    quiet: true,
  });
  const errors = typeErrors(output, programs);
  if (code !== 0 && errors.size === 0) throw new Error(output);
  let failed = 0;
  for (const program of programs) {
    const problem = errors.get(program.file)?.join('\n') ?? (await runProgram(program));
    console.log(`${problem === undefined ? 'ok' : 'FAILED'}  ${program.page}:${program.line}`);
    if (problem === undefined) continue;
    failed += 1;
    console.log(problem.replace(/^/gm, '    '));
  }
  console.log(formatTally({ passed: programs.length - failed, failed, skipped: 0 }));
  process.exitCode = failed === 0 ? 0 : 1;
}

function writePrograms(programs: readonly Program[]): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  // As in a user's project, where a program may name what is installed.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  for (const { file, code } of programs) writeFileSync(join(folder, file), code);
}

/** Runs a program against the source of the packages; gives what it printed when it failed. */
async function runProgram({ file }: Program): Promise<string | undefined> {
  const tsx = fileURLToPath(import.meta.resolve('tsx/cli'));
  const { code, output } = await runCommand(process.execPath, [tsx, '--conditions=@cantrip/source', file], {
    cwd: folder,
    limit: 3,
    quiet: true,
  });
  return code === 0 ? undefined : output;
}

await main(process.argv.slice(2));

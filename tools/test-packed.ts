import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Consumer, makeConsumer } from './packed/consumer.ts';
import { runCommand } from './test-all/run-command.ts';
import { formatTally } from './test-all/tally.ts';
import { type Package, readWorkspace } from './workspace/workspace.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Tries the packages as a user gets them: packed, installed into an empty folder, on this Node and on Node 24.
 * Arguments name the devices to train on; by default the best one, and wasm.
 */
async function main(devices: readonly string[]): Promise<void> {
  const packages = readWorkspace(root).packages.filter(({ manifest }) => !manifest.private);
  const unbuilt = packages.find(({ folder }) => !existsSync(join(root, folder, 'dist')));
  if (unbuilt) throw new Error(`${unbuilt.folder} is not built: run npm run build`);
  const consumer = await makeConsumer(root, packages);
  const outcomes = [
    ...(await importEach(consumer, packages)),
    report('one copy of tfjs-core is installed', await countCopies(consumer)),
    report('a program type-checks against the declarations', await typeCheck(consumer)),
    report(
      'the cantrip command finds the devices',
      await run(consumer, 'npx', ['--no', 'cantrip', 'doctor']),
    ),
  ];
  for (const node of [process.execPath, consumer.node24]) {
    for (const device of devices) {
      const problem = await run(consumer, node, ['train-a-little.js', device], true);
      outcomes.push(
        report(`training on ${device}, ${node === consumer.node24 ? 'Node 24' : process.version}`, problem),
      );
    }
  }
  const failed = outcomes.filter((passed) => !passed).length;
  console.log(formatTally({ passed: outcomes.length - failed, failed, skipped: 0 }));
  process.exitCode = failed === 0 ? 0 : 1;
  rmSync(dirname(consumer.folder), { recursive: true, force: true });
}

async function importEach(consumer: Consumer, packages: readonly Package[]): Promise<boolean[]> {
  const outcomes: boolean[] = [];
  for (const pkg of packages) {
    const entries = modulesOf(pkg);
    for (const node of [process.execPath, consumer.node24]) {
      const problem = await run(consumer, node, ['import-everything.js', ...entries]);
      const version = node === consumer.node24 ? 'Node 24' : process.version;
      outcomes.push(report(`${entries.join(', ')} can be imported, ${version}`, problem));
    }
  }
  return outcomes;
}

/** The entries that export something; one that exports nothing is a program for a process or worker of its own. */
function modulesOf({ folder, manifest }: Package): string[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([entry, target]) => {
    if (typeof target !== 'object' || target === null || !('types' in target)) return [];
    const declarations = readFileSync(join(root, folder, String(target.types)), 'utf8');
    return /^export \{ *\w/m.test(declarations) ? [`${manifest.name ?? ''}${entry.slice(1)}`] : [];
  });
}

async function countCopies(consumer: Consumer): Promise<string | undefined> {
  const args = ['query', '#@tensorflow/tfjs-core'];
  const { output } = await runCommand('npm', args, { cwd: consumer.folder, quiet: true });
  const copies = output.match(/"path": /g)?.length ?? 0;
  return copies === 1 ? undefined : `there are ${copies}:\n${output}`;
}

async function typeCheck(consumer: Consumer): Promise<string | undefined> {
  const compilerOptions = {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const tsconfig = join(consumer.folder, 'tsconfig.json');
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions, include: ['train-a-little.js'] }));
  return await run(consumer, process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    tsconfig,
  ]);
}

/** @returns what it printed when it failed */
async function run(
  { folder }: Consumer,
  command: string,
  args: readonly string[],
  shows = false,
): Promise<string | undefined> {
  const { code, output } = await runCommand(command, args, { cwd: folder, quiet: true, limit: 5 });
  if (code !== 0) return output;
  if (shows) console.log(output.trim());
  return undefined;
}

function report(name: string, problem: string | undefined): boolean {
  console.log(`${problem === undefined ? 'ok' : 'FAILED'}  ${name}`);
  if (problem !== undefined) console.log(problem.replace(/^/gm, '    '));
  return problem === undefined;
}

const given = process.argv.slice(2);
await main(given.length > 0 ? given : ['auto', 'wasm']);

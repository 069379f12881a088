import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tryPages } from './packed/browser-pages.ts';
import { bundleSizes, type BundleSize } from './packed/bundle-sizes.ts';
import { type Consumer, makeConsumer } from './packed/consumer.ts';
import { tryCreatedProjects } from './packed/created-projects.ts';
import { findChromium } from './packed/find-chromium.ts';
import { installedSize } from './packed/installed-size.ts';
import { packageBudget } from './packed/package-budgets.ts';
import { runCommand } from './test-all/run-command.ts';
import { formatTally } from './test-all/tally.ts';
import { type Package, readWorkspace } from './workspace/workspace.ts';
import { publishedName } from './workspace/published-name.ts';

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
    ...packages.map((pkg) => report(...installReport(consumer, pkg))),
    report('each package carries its licence', withoutLicence(consumer, packages)),
    ...(await bundleSizes(consumer.folder)).map((size) => report(...bundleReport(size))),
    ...(await inChromium(consumer)),
    report('one copy of tfjs-core is installed', await countCopies(consumer)),
    report('a program type-checks against the declarations', await typeCheck(consumer)),
    report(
      'the cantrip command finds the devices',
      await run(consumer, 'npx', ['--no', 'cantrip', 'doctor']),
    ),
  ];
  outcomes.push(
    report(
      'a right trick passes testTrick in the test runner of Node',
      await run(consumer, process.execPath, ['test-a-trick.js']),
    ),
    report('a broken one is found', await foundBroken(consumer)),
  );
  for (const node of [process.execPath, consumer.node24]) {
    for (const device of devices) {
      const problem = await run(consumer, node, ['train-a-little.js', device], true);
      outcomes.push(
        report(`training on ${device}, ${node === consumer.node24 ? 'Node 24' : process.version}`, problem),
      );
    }
  }
  const projects = join(dirname(consumer.folder), 'projects');
  mkdirSync(projects);
  const created = await tryCreatedProjects(projects, consumer.tarballs);
  outcomes.push(...created.map((outcome) => report(...outcome)));
  const [passed, failed, skipped] = [true, false, undefined].map(
    (kind) => outcomes.filter((outcome) => outcome === kind).length,
  );
  console.log(formatTally({ passed: passed!, failed: failed!, skipped: skipped! }));
  process.exitCode = failed === 0 ? 0 : 1;
  rmSync(dirname(consumer.folder), { recursive: true, force: true });
}

/** Which packages were packed without their licence. */
function withoutLicence({ folder }: Consumer, packages: readonly Package[]): string | undefined {
  const missing = packages.filter(
    ({ name }) => !existsSync(join(folder, 'node_modules', publishedName(name), 'LICENSE')),
  );
  return missing.length === 0 ? undefined : missing.map(({ name }) => name).join('\n');
}

/** What a package brings along, against its budget. */
function installReport({ folder }: Consumer, { name }: Package): [string, string | undefined] {
  const { packages, megabytes } = installedSize(folder, publishedName(name));
  const budget = packageBudget(name);
  const size = `${publishedName(name)} installs ${packages.length} packages, ${megabytes.toFixed(1)} MB, of at most ${budget.packages} and ${budget.megabytes}`;
  const fits = packages.length <= budget.packages && megabytes <= budget.megabytes;
  return [size, fits ? undefined : packages.join('\n')];
}

function bundleReport({ budget, esbuild, vite }: BundleSize): [string, string | undefined] {
  const { takes, from, bytes } = budget;
  const title = `${takes} of @cantrip/${from} is at most ${bytes} bytes in a browser: esbuild ${said(esbuild)}, vite ${said(vite)}`;
  const fits = [esbuild, vite].every((size) => typeof size === 'number' && size <= bytes);
  return [title, fits ? undefined : `esbuild: ${esbuild}\nvite: ${vite}`];
}

const said = (size: number | string): string => (typeof size === 'number' ? String(size) : 'failed');

/** The pages, where there is a chromium; `CANTRIP_REQUIRE=chromium` makes its absence a failure. */
async function inChromium(consumer: Consumer): Promise<(boolean | undefined)[]> {
  const chromium = findChromium();
  if (chromium !== undefined) return (await tryPages(consumer, chromium)).map((page) => report(...page));
  const isRequired = process.env['CANTRIP_REQUIRE']?.split(',').includes('chromium') === true;
  console.log(
    `chromium: ${isRequired ? 'REQUIRED, but absent' : 'skipped'}: none is on the PATH (to get it: apt-get install chromium, or set CANTRIP_CHROMIUM)`,
  );
  return [isRequired ? false : undefined];
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

async function foundBroken(consumer: Consumer): Promise<string | undefined> {
  const output = await run(consumer, process.execPath, ['test-a-trick.js', 'broken']);
  if (output === undefined) return 'it passed';
  return output.includes('[count] does not keep') ? undefined : output;
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

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { runCommand } from '../test-all/run-command.ts';
import { serveRegistry } from './local-registry.ts';

/** What became of a project: a title, and what went wrong. */
type Outcome = readonly [title: string, problem: string | undefined];

interface Kind {
  readonly name: string;
  readonly options: readonly string[];
}

const kinds: readonly Kind[] = [
  { name: 'example', options: [] },
  { name: 'images', options: ['--data', 'pictures'] },
  { name: 'classes', options: ['--data', 'people.csv'] },
  { name: 'numbers', options: ['--data', 'people.csv', '--target', 'income'] },
];

/**
 * Creates projects as a user does, in an empty folder: `npm create cantrip@latest`, `npm install`, `npm test`,
 * `npm run check`, `npm start`, `npm run report`. npm finds the packed packages in a registry on this machine.
 *
 * @param base - an empty folder
 */
export async function tryCreatedProjects(
  base: string,
  tarballs: readonly string[],
): Promise<readonly Outcome[]> {
  const registry = await serveRegistry(tarballs);
  const work = join(base, 'work');
  mkdirSync(work);
  await writeData(work);
  const settings = { npm_config_registry: registry.url, npm_config_audit: 'false', npm_config_fund: 'false' };
  // npm create would take a package of an earlier time from its cache.
  const fresh = { ...settings, npm_config_cache: join(base, 'npm-cache'), npm_config_yes: 'true' };
  const npm = async (cwd: string, env: object, ...args: readonly string[]): Promise<string | undefined> => {
    // A bundler in this process sets NODE_ENV to production, for which npm leaves out devDependencies.
    const { code, output } = await runCommand('npm', args, {
      cwd,
      env: { ...env, NODE_ENV: undefined },
      quiet: true,
      limit: 5,
    });
    return code === 0 ? undefined : output;
  };
  const outcomes: Outcome[] = [];
  try {
    for (const { name, options } of kinds) {
      const folder = join(work, name);
      const title = `npm create cantrip@latest ${[name, ...(options.length > 0 ? ['--', ...options] : [])].join(' ')}`;
      const created = await npm(work, fresh, 'create', 'cantrip@latest', name, '--', ...options);
      const problem = created ?? (await npm(folder, settings, 'install'));
      outcomes.push([`${title}, npm install`, problem]);
      if (problem !== undefined) continue;
      for (const command of ['test', 'run check', 'start -- --epochs 2', 'run report']) {
        outcomes.push([`  npm ${command}`, await npm(folder, settings, ...command.split(' '))]);
      }
      outcomes.push(['  leaves the log of a run, a report, and a .gitignore', missingIn(folder)]);
    }
  } finally {
    registry.close();
  }
  return outcomes;
}

function missingIn(folder: string): string | undefined {
  const run = readdirSync(join(folder, 'runs'))[0] ?? '';
  const epochs = readFileSync(join(folder, 'runs', run, 'epochs.csv'), 'utf8')
    .trim()
    .split('\n');
  if (epochs.length !== 3) return epochs.join('\n');
  const files = readdirSync(folder);
  return ['.gitignore', 'report.html'].every((name) => files.includes(name)) ? undefined : files.join('\n');
}

async function writeData(folder: string): Promise<void> {
  for (const [channel, name] of ['red', 'green', 'blue'].entries()) {
    mkdirSync(join(folder, 'pictures', name), { recursive: true });
    for (let at = 0; at < 20; at++) {
      const pixels = new Uint8Array(24 * 32 * 3).map((_, index) =>
        index % 3 === channel ? 220 : (index * at) % 90,
      );
      const raw = { width: 32, height: 24, channels: 3 } as const;
      await sharp(pixels, { raw }).toFile(join(folder, 'pictures', name, `${at}.png`));
    }
  }
  const rows = Array.from({ length: 200 }, (_, row) => {
    const age = 18 + ((row * 37) % 60);
    return `${row},${row % 40 === 7 ? '' : age},${['Rome', 'Oslo'][row % 2]},${age * 100},${age > 40 ? 'yes' : 'no'}`;
  });
  writeFileSync(join(folder, 'people.csv'), `id,age,city,income,bought\n${rows.join('\n')}\n`);
}

/**
 * Runs all that only a GPU shows, as far as this machine has what it needs, and writes RESULTS/NAME.json and RESULTS/page.md:
 *
 *     npm run gpu -- --results FOLDER [--seconds 560]
 *
 * Called again, it goes on where it was cut off. It ends with 3 where runs are left.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { gpuPage } from './page/gpu-page.ts';
import { endLeftovers } from './runs/leftovers.ts';
import { readOutcome } from './runs/outcome.ts';
import { whatIsPresent } from './runs/present.ts';
import { runList } from './runs/run-list.ts';
import { runs } from './runs/runs.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const options = new Command('npm run gpu --')
  .description("Runs what only a GPU's machine shows.")
  .requiredOption('--results <folder>', 'where outcomes and page are written')
  .option('--seconds <n>', 'time of this call', Number, 560)
  .option('--only <names>', 'these runs alone, with commas')
  .option('--native <name>', 'in a rehearsal: the device that takes the part of cuda', 'cuda')
  .option('--small', 'in a rehearsal: so little of everything that it takes seconds')
  .parse()
  .opts<{ results: string; seconds: number; only?: string; native: string; small?: true }>();

// npm and run.sh start this in the workspace's folder, wherever they were called.
const folder = resolve(process.env['INIT_CWD'] ?? '.', options.results);
const begun = performance.now();
for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }))
  process.once(signal, () => {
    endLeftovers(folder);
    process.exit(128 + number);
  });
const present = await whatIsPresent(root, options.native);
for (const [name, found] of Object.entries(present.has))
  say(`${name}: ${'version' in found ? found.version : `left out, ${found.missing}`}`);
const names = options.only?.split(',');
const chosen = runs.filter(({ name }) => names?.includes(name) ?? true);
const left = await runList(chosen, {
  folder,
  seconds: options.seconds - (performance.now() - begun) / 1000,
  place: { root, native: options.native, small: options.small ?? false },
  present,
  say,
});
const outcomes = runs.flatMap(({ name }) => readOutcome(folder, name) ?? []);
writeFileSync(join(folder, 'page.md'), gpuPage(outcomes));
say(
  left.length === 0
    ? 'Nothing is left.'
    : `Left for the next call: ${left.map(({ name }) => name).join(', ')}`,
);
process.exitCode = left.length === 0 ? 0 : 3;

import { build } from 'esbuild';
import { runCommand } from '../test-all/run-command.ts';
import type { Consumer } from './consumer.ts';
import { runInBrowser } from './run-in-browser.ts';

/** A program that runs in Node and in a browser, and whose numbers must be the same there. */
interface Page {
  readonly title: string;
  readonly module: string;
  /** The backends of TensorFlow.js that it trains on: there, and in Node. */
  readonly browser?: string;
  readonly node?: string;
  readonly tolerance: number;
  /** What each of its notes must say in the browser. */
  readonly notes: Readonly<Record<string, RegExp>>;
}

const pages: readonly Page[] = [
  {
    title: 'the five tricks in a plain loop train in chromium as in Node',
    module: './tricks-loop.js',
    tolerance: 1e-5,
    notes: {
      cudnnTuning: /^CantripError: \[cudnnTuning\] tunes TensorFlow, which needs Node.*\(DEVICE_ABSENT\)$/,
    },
  },
  ...['webgl', 'cpu'].map((backend) => ({
    title: `the trainer trains on TensorFlow.js's own ${backend} in chromium as in Node`,
    module: './trainer-run.js',
    browser: backend,
    node: 'cpu',
    tolerance: 1e-2,
    notes: {
      device: new RegExp(`^${backend}$`),
      prefetched: /^CantripError: \[arrayDataset\] prefetch needs worker threads of Node.*\(DATA_WORKER\)$/,
      named:
        /^CantripError: \[openDevice\] the devices of @cantrip\/core-tensor-gpu need Node.*\(DEVICE_ABSENT\)$/,
    },
  })),
];

interface Given {
  readonly numbers: readonly number[];
  readonly notes: Readonly<Record<string, string>>;
}

/** Each page with what is wrong, where something is. */
export async function tryPages(
  consumer: Consumer,
  chromium: string,
): Promise<readonly (readonly [title: string, problem: string | undefined])[]> {
  const outcomes: [string, string | undefined][] = [];
  for (const page of pages)
    outcomes.push([page.title, await tryPage(consumer, chromium, page).catch(String)]);
  return outcomes;
}

async function tryPage(consumer: Consumer, chromium: string, page: Page): Promise<string | undefined> {
  const there = await inBrowser(consumer, chromium, page);
  if ('failure' in there) return there.failure;
  const here = await inNode(consumer, page);
  for (const [note, wanted] of Object.entries(page.notes)) {
    if (!wanted.test(there.notes[note] ?? ''))
      return `${note}: ${there.notes[note] ?? 'nothing'}, not ${wanted}`;
  }
  const [seen, wanted] = [there.numbers, here.numbers];
  const apart = Math.max(...wanted.map((number, i) => Math.abs(number - (seen[i] ?? NaN))));
  const same = seen.length === wanted.length && seen.length > 0 && apart <= page.tolerance;
  if (!same) return `in the browser ${seen.join(', ')}\nin Node ${wanted.join(', ')}`;
  console.log(`${page.module}: ${seen.length} numbers, at most ${apart.toExponential(1)} apart`);
  return undefined;
}

async function inBrowser(
  { folder }: Consumer,
  chromium: string,
  page: Page,
): Promise<Given | { failure: string }> {
  const backend = page.browser === undefined ? '' : `import '@tensorflow/tfjs-backend-${page.browser}';`;
  const program = `
    ${backend}
    const post = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });
    try {
      const { run } = await import('${page.module}');
      await post(await run(${JSON.stringify(page.browser)}));
    } catch (error) {
      await post({ failure: String(error?.stack ?? error) });
    }`;
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: folder },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
    write: false,
  });
  return (await runInBrowser(chromium, outputFiles[0]!.text)) as Given | { failure: string };
}

async function inNode({ folder }: Consumer, { module, node }: Page): Promise<Given> {
  const args = ['run-in-node.js', module, ...(node === undefined ? [] : [node])];
  const { code, output } = await runCommand(process.execPath, args, { cwd: folder, quiet: true, limit: 5 });
  const result = /^RESULT (.*)$/m.exec(output)?.[1];
  if (code !== 0 || result === undefined) throw new Error(`in Node it failed:\n${output}`);
  return JSON.parse(result) as Given;
}

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReport } from '@cantrip/report';
import { parseHTML } from 'linkedom';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeRun } from './write-run.ts';

/** All that is read of a page; the compiler knows no browser here. */
interface Page {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Page | null;
  querySelectorAll(selector: string): Iterable<Page>;
}

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function pageOf(...folders: readonly string[]): Promise<Page> {
  return (parseHTML(await createReport(folders)) as unknown as { readonly document: Page }).document;
}

const textOf = (page: Page, selector: string): string =>
  [...page.querySelectorAll(selector)]
    .map((one) => one.textContent.replaceAll(/\s+/g, ' ').trim())
    .join('\n');

/** The chart with this title. */
function chart(page: Page, title: string): Page {
  const found = [...page.querySelectorAll('figure')].find((one) => textOf(one, 'h3') === title);
  return found ?? expect.fail(`there is no chart ${title}`);
}

/** The numbers in the `d` of lines: pairs, in the order of the points. */
const drawnPoints = (of: Page): number =>
  [...of.querySelectorAll('[aria-label="line"] path')].reduce(
    (sum, path) => sum + (path.getAttribute('d') ?? '').split(/[ML]/).length - 1,
    0,
  );

describe('the report of a run', () => {
  it('has a chart of each figure, of loss, learning rate, scalars, time and memory, each with its numbers', async () => {
    const folder = writeRun(join(folderOf(), 'first'), {
      losses: [2, 1, 0.5, 0.25],
      epochs: [
        { loss: 1.5, accuracy: 0.5, validation_loss: 1.6, validation_accuracy: 0.4 },
        { loss: 0.4, accuracy: 0.9, validation_loss: 0.7, validation_accuracy: 0.8 },
      ],
      scalars: { mixupLambda: 0.3 },
    });
    const page = await pageOf(folder);
    expect(textOf(page, 'figure h3').split('\n')).toEqual([
      'loss',
      'accuracy',
      'Loss of steps',
      'Learning rate',
      'mixupLambda',
      'Time of a step',
      'Memory of the process',
    ]);
    const accuracy = chart(page, 'accuracy');
    expect(textOf(accuracy, '.legend')).toBe('trainingvalidation');
    expect(textOf(accuracy, 'tbody th').split('\n')).toEqual([
      'training',
      'training',
      'validation',
      'validation',
    ]);
    expect(textOf(accuracy, 'tbody td').split('\n')).toEqual([
      '1',
      '0.5',
      '2',
      '0.9',
      '1',
      '0.4',
      '2',
      '0.8',
    ]);
    expect(textOf(accuracy, '.description')).toContain(
      'validation: accuracy from 0.4 at epoch 1 to 0.8 at epoch 2',
    );
    expect(textOf(page, 'h1')).toBe('Run first');
  });

  it('tells plugins with their options, and the environment', async () => {
    const folder = writeRun(join(folderOf(), 'first'), {
      plugins: [{ name: 'label-smoothing', settings: { smoothing: 0.1 } }, { name: 'mine' }],
      environment: { node: 'v22.0.0', device: { name: 'tensorflow', threads: 2 }, memory: 2 ** 33 },
    });
    const text = textOf(await pageOf(folder), 'table');
    expect(text).toMatch(/label-smoothing.*smoothing: 0.1/s);
    expect(text).toMatch(/mine.*not told/s);
    expect(text).toMatch(/device.name.*tensorflow.*8\.0 GiB.*a{40}/s);
  });

  it('is the same text for the same folder', async () => {
    const folder = writeRun(join(folderOf(), 'first'), { losses: [2, 1] });
    expect(await createReport([folder])).toBe(await createReport([folder]));
  });

  it('reads a run that is still being written, and says how far it is', async () => {
    const folder = writeRun(join(folderOf(), 'first'), {
      losses: [2, 1],
      description: { length: { epochs: 5, stepsPerEpoch: 2, totalSteps: 10 } },
    });
    appendFileSync(join(folder, 'scalars.jsonl'), '{"kind":"step","st');
    const page = await pageOf(folder);
    expect(textOf(page, '.note')).toContain(
      'first is logged up to step 2 of 10: it is still going on, or it ended early.',
    );
    expect(drawnPoints(chart(page, 'Loss of steps'))).toBe(2);
  });

  it('says of a run without rows that there are none', async () => {
    const page = await pageOf(writeRun(join(folderOf(), 'first')));
    expect(textOf(page, '.note')).toContain('first has no rows yet');
    expect(textOf(page, 'section p')).toContain('Nothing was logged yet.');
    expect([...page.querySelectorAll('figure')]).toEqual([]);
  });
});

describe('a curve', () => {
  const lossOf = async (losses: readonly number[]): Promise<Page> =>
    chart(await pageOf(writeRun(join(folderOf(), 'first'), { losses })), 'Loss of steps');

  it('of one point is a dot', async () => {
    const loss = await lossOf([2]);
    expect([...loss.querySelectorAll('[aria-label="dot"] circle, circle')]).toHaveLength(1);
    expect(textOf(loss, '.description')).toBe('first: loss 2 at step 1.');
  });

  it('with a value between two NaN shows it as a dot, and says where the NaN are', async () => {
    const loss = await lossOf([3, 2, NaN, 1, NaN, Infinity]);
    expect([...loss.querySelectorAll('circle')]).toHaveLength(1);
    expect(textOf(loss, '.note')).toBe(
      'first: 3 values are not finite (NaN at 3, NaN at 5, Infinity at 6). A cross at the bottom marks each.',
    );
    expect(textOf(loss, 'tbody td').split('\n')).toEqual('1 3 2 2 3 NaN 4 1 5 NaN 6 Infinity'.split(' '));
  });

  it('of NaN alone says so and draws nothing', async () => {
    const loss = await lossOf([NaN, NaN]);
    expect(textOf(loss, 'p')).toContain('There is no finite value to draw.');
    expect(loss.querySelector('.chart')).toBeNull();
  });

  it('of 100,000 points is thinned, keeps each spike and each NaN, and says so', async () => {
    const losses = Array.from({ length: 100_000 }, (_, at) => Math.sin(at));
    losses[54_321] = 1000;
    losses[77_777] = NaN;
    const loss = await lossOf(losses);
    expect(textOf(loss, '.note')).toMatch(
      /first: 1 value is not finite \(NaN at 77778\)[\s\S]*first: \d{3} of 100,000 points are drawn/,
    );
    expect(drawnPoints(loss)).toBeGreaterThan(600);
    expect(drawnPoints(loss)).toBeLessThan(900);
    expect(textOf(loss, '.description')).toContain('highest 1,000 at 54322');
    expect(textOf(loss, 'tbody')).toMatch(/54322[\s\S]*1000[\s\S]*77778[\s\S]*NaN[\s\S]*100000/);
  });

  it.each([[[1e308, -1e308]], [[5, 5, 5]], [[0]], [[1e-320, 2e-320]]])(
    'of %j is drawn within the chart',
    async (losses) => {
      const loss = await lossOf(losses);
      const paths = [...loss.querySelectorAll('path')].map((path) => path.getAttribute('d'));
      expect(paths.join()).not.toMatch(/NaN|Infinity/);
    },
  );
});

describe('several runs', () => {
  const recipe = (seed: number): Parameters<typeof writeRun>[1] => ({
    seed,
    hyperparameters: { width: 8, seed },
    plugins: [{ name: 'seed', settings: { value: seed } }],
    losses: [3 + seed, 2 + seed],
    epochs: [{ loss: seed }],
  });

  it('that are seeds of one recipe have a mean with its interval by Student’s t', async () => {
    const base = folderOf();
    const folders = [1, 2, 3].map((seed) => writeRun(join(base, `seed ${seed}`), recipe(seed)));
    const page = await pageOf(...folders);
    expect(textOf(page, 'h3')).toContain('mean of 3 seeds');
    // scipy.stats.t.interval(0.95, 2, loc=2, scale=scipy.stats.sem([1, 2, 3])): -0.4841, 4.4841
    expect(textOf(page, 'tbody')).toMatch(/loss2-0\.4841 to 4\.4843/);
    expect(textOf(chart(page, 'Loss of steps'), '.description')).toContain(
      'mean of 3 seeds: mean of 3 seeds 4 at 2',
    );
  });

  it('have no mean if a setting differs, or if a seed is there twice', async () => {
    const base = folderOf();
    const other = writeRun(join(base, 'other'), { ...recipe(2), hyperparameters: { width: 9, seed: 2 } });
    const again = writeRun(join(base, 'again'), recipe(1));
    const page = await pageOf(writeRun(join(base, 'one'), recipe(1)), other, again);
    expect(textOf(page, 'h3')).not.toContain('mean');
    const rows = textOf(page, 'table');
    expect(rows).toMatch(/hyperparameters\.width898/);
  });

  it('have a mean only where each seed has a finite value', async () => {
    const base = folderOf();
    const long = { ...recipe(1), losses: [4, 3, 2, 1] };
    const odd = { ...recipe(2), losses: [5, NaN, 3] };
    const page = await pageOf(writeRun(join(base, 'a'), long), writeRun(join(base, 'b'), odd));
    const rows = textOf(chart(page, 'Loss of steps'), 'tbody tr').split('\n');
    const means = rows.filter((row) => row.startsWith('mean'));
    expect(means.map((row) => /seeds(\d)/.exec(row)![1])).toEqual(['1', '3']);
  });

  it('with the same last name are told apart by more of their paths', async () => {
    const base = folderOf();
    const folders = ['x/run', 'y/run'].map((name) => writeRun(join(base, name)));
    expect(textOf(await pageOf(...folders), 'h1')).toBe('Runs x/run, y/run');
  });

  it('are found in the folder that holds them, each once', async () => {
    const base = folderOf();
    const folders = ['run 10', 'run 2'].map((name) => writeRun(join(base, name)));
    expect(textOf(await pageOf(base, folders[0]!), 'h1')).toBe('Runs run 2, run 10');
  });
});

describe('texts of a run folder', () => {
  it('are shown as texts, whatever they hold', async () => {
    const attack = `"></script></style><img src=x onerror=alert(1)>&'`;
    const base = folderOf();
    const folders = [`a${attack.replaceAll('/', '')}`, 'b'].map((name, at) =>
      writeRun(join(base, name), {
        seed: at,
        hyperparameters: { [attack]: attack, differs: `${attack}${at}` },
        plugins: [{ name: attack, settings: { [attack]: [{ [attack]: attack }] } }],
        environment: { [attack]: attack },
        losses: [1, NaN],
        epochs: [{ [attack]: 1, [`validation_${attack}`]: 2 }],
        scalars: { [attack]: 1 },
      }),
    );
    const text = await createReport(folders, { title: attack });
    expect(text).not.toMatch(/<img|<\/script|onerror=alert\(1\)>/i);
    const page = (parseHTML(text) as unknown as { readonly document: Page }).document;
    expect([...page.querySelectorAll('script, img, [onerror]')]).toEqual([]);
    expect(textOf(page, 'h1')).toBe(attack);
    expect(textOf(page, 'figure h3')).toContain(attack);
    // The text of an axis is drawn by the library of the charts.
    expect(textOf(page, 'svg text')).toContain(attack);
  });

  it('cannot run: the page forbids scripts and everything from elsewhere', async () => {
    const page = await pageOf(writeRun(join(folderOf(), 'first')));
    const policy = page.querySelector('meta[http-equiv="Content-Security-Policy"]')!.getAttribute('content');
    expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  });
});

describe('a folder that is no run', () => {
  it('is refused in one sentence', async () => {
    const base = folderOf();
    await expect(createReport([join(base, 'none')])).rejects.toThrow(
      /^\[report\] .*none does not exist\. Pass the folder that runLog\(\{ folder \}\) got, or one that holds such folders\. \(REPORT_NO_RUN\)$/,
    );
    mkdirSync(join(base, 'empty'));
    await expect(createReport([join(base, 'empty')])).rejects.toThrow(
      /has no run\.json, and no folder in it has one/,
    );
    writeFileSync(join(base, 'file'), '');
    await expect(createReport([join(base, 'file')])).rejects.toMatchObject({ code: 'REPORT_NO_RUN' });
    const broken = writeRun(join(base, 'broken'), { losses: [1] });
    writeFileSync(join(broken, 'scalars.jsonl'), 'nonsense\n');
    await expect(createReport([broken])).rejects.toMatchObject({ code: 'RUN_LOG_INVALID' });
  });

  it('no folder is refused too', async () => {
    await expect(createReport([])).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

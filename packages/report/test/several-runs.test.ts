import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createReport } from '@cantrip/report';
import { describe, expect, it } from 'vitest';
import { chart, folderOf, pageOf, parsed, textOf } from './read-page.ts';
import { writeRun } from './write-run.ts';

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
    const page = parsed(text);
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

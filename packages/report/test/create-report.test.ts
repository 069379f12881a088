import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createReport } from '@cantrip/report';
import { describe, expect, it } from 'vitest';
import { chart, folderOf, type Page, pageOf, textOf } from './read-page.ts';
import { writeRun } from './write-run.ts';

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

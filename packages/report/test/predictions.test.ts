import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createReport } from '@cantrip/report';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { chart, folderOf, type Page, pageOf, textOf } from './read-page.ts';
import { writeRun } from './write-run.ts';

describe('predictions and a profile', () => {
  const picture = { bytes: Buffer.from([0, 255, 255, 0, 0, 255]).toString('base64'), low: 0, high: 1 };
  const classes = {
    data: 'validation',
    output: '',
    kind: 'classes',
    count: 8,
    classes: 4,
    // Class 2 is never true and never predicted. Class 0 is predicted as 1.
    counts: [
      [0, 0, 4],
      [0, 1, 3],
      [3, 3, 1],
    ],
    bins: [
      { count: 2, correct: 0, confidence: 0.8 },
      { count: 6, correct: 5, confidence: 5.4 },
    ],
    worst: [
      {
        index: 7,
        loss: 4.5,
        target: [0],
        prediction: [1],
        confidence: 0.987,
        input: { shape: [2, 1, 3], picture },
      },
      {
        index: 9,
        loss: 'Infinity',
        target: [3],
        prediction: [0],
        confidence: 1,
        input: { shape: [3], values: [1, 2, 3] },
      },
    ],
  };
  const withFiles = (files: Readonly<Record<string, unknown>>): string => {
    const folder = writeRun(join(folderOf(), 'first'), { losses: [1] });
    for (const [name, value] of Object.entries(files))
      writeFileSync(join(folder, name), JSON.stringify(value));
    return folder;
  };
  const predictions = (...parts: readonly unknown[]): object => ({
    format: 'cantrip-predictions',
    version: 1,
    step: 1,
    epoch: 0,
    parts,
  });

  it('are a confusion matrix with true classes in rows, in which a class that never occurs keeps its place', async () => {
    const page = await pageOf(withFiles({ 'predictions.json': predictions(classes) }));
    const matrix = chart(page, 'Confusion matrix of validation');
    expect(textOf(matrix, '.description')).toBe(
      '8 predictions of 4 classes, 62.5 % correct. The most frequent mistake: class 0 was predicted as 1, 3 times.',
    );
    const at = (label: string): readonly string[] =>
      textOf(matrix, `[aria-label="${label}"] text`).split('\n');
    expect([at('x-axis tick label'), at('y-axis tick label')]).toEqual([
      ['0', '1', '2', '3'],
      ['0', '1', '2', '3'],
    ]);
    // The cell with 3 stands in the first row and the second column.
    const placeOf = (text: Page): readonly number[] =>
      /translate\(([\d.]+),([\d.]+)\)/
        .exec(text.getAttribute('transform') ?? '')!
        .slice(1)
        .map(Number);
    const cells = [...matrix.querySelectorAll('[aria-label="text"] text')];
    expect(cells.map((cell) => cell.textContent)).toEqual(['4', '3', '1']);
    const [[x0, y0], [x1, y1]] = cells.slice(0, 2).map(placeOf) as [number[], number[]];
    expect([x1! > x0!, y1 === y0]).toEqual([true, true]);
  });

  it('are a reliability diagram with the calibration error', async () => {
    const page = await pageOf(withFiles({ 'predictions.json': predictions(classes) }));
    // By hand: 2/8 * |0/2 - 0.4| + 6/8 * |5/6 - 0.9| = 0.1 + 0.05.
    expect(textOf(chart(page, 'Reliability of validation'), '.note')).toContain(
      'The expected calibration error is 0.15',
    );
  });

  it('show the worst examples, as pictures where they are pictures', async () => {
    const page = await pageOf(withFiles({ 'predictions.json': predictions(classes) }));
    expect(textOf(page, '.worst li').split('\n')).toEqual([
      'example 7true: 0predicted: 1 (98.7 %)loss: 4.5',
      'input: 1, 2, 3 example 9true: 3predicted: 0 (100.0 %)loss: Infinity',
    ]);
    const [, base64] = page.querySelector('.worst img')!.getAttribute('src')!.split('base64,');
    const { width, height, channels, data } = decode(Buffer.from(base64!, 'base64'));
    expect({ width, height, channels, data: [...data] }).toEqual({
      width: 1,
      height: 2,
      channels: 3,
      data: [0, 255, 255, 0, 0, 255],
    });
  });

  it('of numbers are a cloud beside the line where they are right', async () => {
    const values = {
      data: 'validation_noisy',
      output: 'height',
      kind: 'values',
      count: 3,
      every: 1,
      sample: [
        [1, 2],
        [3, 3],
        ['NaN', 1],
      ],
      worst: [],
    };
    const page = await pageOf(withFiles({ 'predictions.json': predictions(values) }));
    const cloud = chart(page, 'Predictions of validation noisy, height');
    expect([...cloud.querySelectorAll('circle')]).toHaveLength(2);
    expect(textOf(cloud, 'tbody td')).toBe('2\n3\n1');
  });

  it('of many classes are a table of the most frequent mistakes', async () => {
    const many = { ...classes, classes: 1000 };
    const matrix = chart(
      await pageOf(withFiles({ 'predictions.json': predictions(many) })),
      'Confusion matrix of validation',
    );
    expect(textOf(matrix, 'p')).toContain(
      '1000 classes are too many to draw. The table has the most frequent mistakes.',
    );
    expect(textOf(matrix, 'tbody tr')).toBe('013');
  });

  it('show the time by op where there is a profile, and nothing where there is none', async () => {
    const ops = [
      { op: 'Relu</text>', count: 19, milliseconds: 5, share: 0.2 },
      { op: 'Conv2D', count: 21, milliseconds: 20, share: 0.8 },
    ];
    const profile = {
      format: 'cantrip-profile',
      version: 1,
      device: 'wasm',
      steps: 4,
      step: 26,
      capturedStep: 20,
      rows: ops,
    };
    const page = await pageOf(withFiles({ 'profile.json': profile }));
    expect(textOf(chart(page, 'Time by op of first'), '.description')).toBe(
      'A step takes 26 ms op by op on wasm, and 20 ms captured. 4 steps were measured. The most time goes to Conv2D: 20 ms in 21 runs.',
    );
    expect(textOf(chart(page, 'Time by op of first'), 'tbody tr')).toBe(
      'Conv2D212080.0 %\nRelu</text>19520.0 %',
    );
    expect(textOf(await pageOf(withFiles({})), 'h2')).not.toMatch(/Predictions|Time by op/);
  });

  it('that are damaged are refused with the name of the file', async () => {
    const folder = withFiles({ 'predictions.json': predictions({ ...classes, classes: 0 }) });
    await expect(createReport([folder])).rejects.toThrow(
      /predictions\.json cannot be read: parts\.0\.classes/,
    );
  });
});

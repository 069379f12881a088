import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { eventWriter, type Pixels } from '../src/index.ts';
import { drawnIn, inFolder, numpyHistograms, python } from './peer/read-events.ts';

const only = (folder: string): string => join(folder, readdirSync(folder)[0]!);

describe.skipIf(!python)('Python’s TensorBoard reads', () => {
  it('scalars, also what is no number, at any step and under any name', () =>
    inFolder(async (folder) => {
      const writer = eventWriter({ folder });
      const values = [1, 0.5, NaN, Infinity, -Infinity, 1e300, -0.25];
      values.forEach((value, step) => writer.scalar('loss', value, step));
      writer.scalar('é/日本 %2F', 1, 2 ** 40);
      await writer.close();
      expect(drawnIn(folder)['.']!.scalars).toEqual({
        loss: [1, 0.5, 'nan', 'inf', '-inf', 'inf', -0.25].map((value, step) => [step, value]),
        'é/日本 %2F': [[2 ** 40, 1]],
      });
    }));

  it('histograms with the bins of NumPy', () =>
    inFolder(async (folder) => {
      const lists: readonly number[][] = [
        Array.from({ length: 1000 }, (_, index) => Math.fround(Math.sin(index) ** 3)),
        [3, 3, 3],
        [0],
        [-1e-30, 1e-30],
        Array.from({ length: 31 }, (_, index) => index), // each value is on an edge
        [1e20, 1e20],
        [-5, 2, 2, 7.5],
      ];
      const writer = eventWriter({ folder });
      lists.forEach((values, index) => writer.histogram(String(index), Float64Array.from(values), 7));
      await writer.close();
      const file = join(folder, 'lists.json');
      writeFileSync(file, JSON.stringify(lists.filter((values) => values[0] !== 1e20)));
      const wanted = numpyHistograms(file);
      const { histograms } = drawnIn(folder)['.']!;
      for (const [index, values] of lists.entries()) {
        const [found] = histograms[String(index)]!;
        expect(found).toMatchObject({
          step: 7,
          min: Math.min(...values),
          max: Math.max(...values),
          count: values.length,
        });
        expect(found!.counts.reduce((a, b) => a + b)).toBe(values.length);
        if (values[0] === 1e20) continue; // NumPy refuses these
        const { counts, limits } = wanted[index > 5 ? index - 1 : index]!;
        expect(found!.counts).toEqual(counts);
        found!.limits.forEach((limit, bin) => expect(limit).toBeCloseTo(limits[bin]!, 12));
        expect(found!.squares).toBeCloseTo(
          values.reduce((sum, value) => sum + value ** 2, 0),
          9,
        );
      }
    }));

  it('pictures in gray, color and with transparency, pixel by pixel', () =>
    inFolder(async (folder) => {
      const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 37) % 256);
      const pictures: Readonly<Record<string, Pixels>> = {
        gray: { values: bytes(12), shape: [3, 4] },
        color: { values: bytes(36), shape: [3, 4, 3] },
        transparent: { values: bytes(48), shape: [3, 4, 4] },
        floats: { values: Float32Array.of(0, 0.5, 1, NaN, 1.0005, 0.2), shape: [2, 3, 1] },
        part: { values: bytes(100).subarray(40, 46), shape: [2, 3] },
      };
      const writer = eventWriter({ folder });
      for (const [tag, pixels] of Object.entries(pictures)) writer.image(tag, pixels, 5);
      await writer.close();
      const { images } = drawnIn(folder)['.']!;
      for (const tag of ['gray', 'color', 'transparent', 'part'])
        expect(images[tag]).toEqual([
          {
            step: 5,
            size: pictures[tag]!.shape.slice(0, 2),
            shape: pictures[tag]!.shape,
            pixels: [...pictures[tag]!.values],
          },
        ]);
      expect(images['floats']![0]!.pixels).toEqual([0, 128, 255, 0, 255, 51]);
    }));

  it('texts and hyperparameters', () =>
    inFolder(async (folder) => {
      const writer = eventWriter({ folder });
      writer.text('note', '**bold** é 日本', 3);
      writer.hyperparameters({ learningRate: 0.1, optimizer: 'sgd', nesterov: true });
      await writer.close('failed');
      const { texts, hparams } = drawnIn(folder)['.']!;
      expect(texts).toEqual({ note: [[3, '**bold** é 日本']] });
      expect(hparams).toEqual({ learningRate: 0.1, optimizer: 'sgd', nesterov: true, status: 2 });
    }));

  it('everything before a record that is torn at any byte, and what the next process writes', () =>
    inFolder(async (folder) => {
      const writer = eventWriter({ folder });
      for (let step = 0; step < 3; step++) writer.scalar('loss', step, step);
      await writer.flush();
      const file = only(folder);
      const whole = readFileSync(file).length;
      writer.scalar('loss', 3, 3);
      await writer.close();
      const all = readFileSync(file);
      const torn = Array.from({ length: all.length - whole }, (_, kept) => kept);
      for (const kept of torn) {
        mkdirSync(join(folder, `torn-${kept}`));
        writeFileSync(join(folder, `torn-${kept}`, basename(file)), all.subarray(0, whole + kept));
      }
      truncateSync(file, all.length - 3);
      const drawn = drawnIn(folder);
      for (const kept of torn)
        expect(drawn[`torn-${kept}`]!.scalars['loss']).toEqual([0, 1, 2].map((step) => [step, step]));
      const next = eventWriter({ folder, purgeStep: 2 });
      next.scalar('loss', 20, 2);
      next.scalar('loss', 30, 3);
      await next.close();
      expect(readdirSync(folder).filter((name) => name.startsWith('events'))).toHaveLength(2);
      expect(drawnIn(folder)['.']!.scalars['loss']).toEqual(
        [0, 1, 20, 30].map((value, step) => [step, value]),
      );
    }));

  it('files in the order in which they were written, also when the clock is set back', () =>
    inFolder(async (folder) => {
      const begin = Date.now();
      const clock = vi.spyOn(Date, 'now');
      try {
        for (const [index, time] of [begin, begin - 86_400_000, begin - 2 * 86_400_000].entries()) {
          clock.mockReturnValue(time);
          const writer = eventWriter({ folder, purgeStep: index });
          for (let step = index; step < 5; step++) writer.scalar('loss', 10 * index + step, step);
          await writer.close();
        }
      } finally {
        clock.mockRestore();
      }
      expect(drawnIn(folder)['.']!.scalars['loss']).toEqual(
        [0, 11, 22, 23, 24].map((value, step) => [step, value]),
      );
    }));

  it('what is written after the disk was full, from a new file', () =>
    inFolder(async (folder) => {
      const writer = eventWriter({ folder });
      writer.scalar('loss', 0, 0);
      await writer.flush();
      const handle = await fs.open(only(folder));
      const prototype = Object.getPrototypeOf(handle) as typeof handle;
      await handle.close();
      const { write } = prototype;
      const full = vi
        .spyOn(prototype, 'write')
        // Half of the record is on the disk.
        .mockImplementationOnce(function (this: typeof handle, bytes: unknown) {
          return (write as (...given: unknown[]) => unknown).call(this, bytes, 0, 10);
        } as never)
        .mockRejectedValueOnce(
          Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
        );
      try {
        writer.scalar('loss', 1, 1);
        await expect(writer.flush()).rejects.toThrow(
          /^\[eventWriter\] events could not be written to .+: ENOSPC.+; 1 records are lost\. .+\. \(TENSORBOARD_WRITE\)$/,
        );
      } finally {
        full.mockRestore();
      }
      writer.scalar('loss', 2, 2);
      await writer.close();
      expect(drawnIn(folder)['.']!.scalars['loss']).toEqual([
        [0, 0],
        [2, 2],
      ]);
    }));
});

describe('a writer', () => {
  it('writes no histogram of values that are all NaN or infinite', () =>
    inFolder(async (folder) => {
      const writer = eventWriter({ folder });
      writer.histogram('gradients', Float32Array.of(NaN, Infinity), 1);
      await writer.close();
      expect(readdirSync(folder)).toEqual([]);
    }));

  it.each([
    ['bytes in floats', { values: Float32Array.of(0, 255), shape: [1, 2] }, /from 0 to 1, got 255/],
    ['a normalised picture', { values: Float32Array.of(-2, 1), shape: [1, 2] }, /from 0 to 1, got -2/],
    ['a batch', { values: new Uint8Array(4), shape: [1, 2, 2, 1] }, /shape \[height, width\]/],
    ['two channels', { values: new Uint8Array(8), shape: [2, 2, 2] }, /1, 3 or 4 channels/],
    ['too few values', { values: new Uint8Array(3), shape: [2, 2] }, /must have 4 values.+got 3 values/],
    ['a list', { values: [1, 2], shape: [1, 2] } as never, /typed array/],
  ] as const)('refuses %s as a picture', (_, pixels, message) =>
    inFolder(async (folder) => {
      const writer = eventWriter({ folder });
      expect(() => writer.image('picture', pixels as Pixels, 0)).toThrow(message);
      await writer.close();
    }),
  );

  it('refuses events after it is closed', () =>
    inFolder(async (folder) => {
      const writer = eventWriter({ folder });
      await writer.close();
      expect(() => writer.scalar('loss', 1, 1)).toThrow(/TENSORBOARD_CLOSED/);
      await writer.close();
    }));
});

import * as tf from '@tensorflow/tfjs-core';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { expectClose, loadGolden, presentDevices, tinyData } from '@cantrip/testing';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

describe('expectClose', () => {
  it('compares every number of a nested list, also of a tensor', async () => {
    await openDevice('cpu');
    expectClose(tf.tensor2d([[1, 2.0000001]]), [[1, 2]], { relative: 1e-6 });
    expect(() => expectClose([1, 2.1], [[1, 2]], { relative: 1e-6 })).toThrow(/beyond the tolerance/);
    expect(() => expectClose([1], [1, 2], { relative: 1 })).toThrow(/length/);
    expect(() => expectClose([Number.NaN], [1], { relative: 1 })).toThrow(/beyond the tolerance/);
  });
});

describe('loadGolden', () => {
  it('refuses values that do not say where they come from', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'golden-')), 'golden.json');
    writeFileSync(file, JSON.stringify({ source: 'torch', versions: {}, tolerance: {}, cases: {} }));
    expect(() => loadGolden(pathToFileURL(file))).toThrow(/has no command/);
  });
});

describe('presentDevices', () => {
  it('names those that open here, and fails for an absent one that is required', async () => {
    const before = process.env['CANTRIP_REQUIRE'];
    try {
      delete process.env['CANTRIP_REQUIRE'];
      expect(await presentDevices(['cpu'])).toEqual(['cpu']);
      process.env['CANTRIP_REQUIRE'] = 'cpu,nonsense';
      await expect(presentDevices(['nonsense' as never])).rejects.toMatchObject({ code: 'DEVICE_UNKNOWN' });
    } finally {
      if (before === undefined) delete process.env['CANTRIP_REQUIRE'];
      else process.env['CANTRIP_REQUIRE'] = before;
    }
  });
});

describe('tinyData', () => {
  it('gives the same batches for the same seed, epoch and start', () => {
    const all = [...(tinyData().batches({ seed: 3, epoch: 1, start: 0 }) as Iterable<unknown>)];
    const rest = [...(tinyData().batches({ seed: 3, epoch: 1, start: 1 }) as Iterable<unknown>)];
    expect(rest).toEqual(all.slice(1));
    expect([...(tinyData().batches({ seed: 4, epoch: 1, start: 0 }) as Iterable<unknown>)]).not.toEqual(all);
  });
});

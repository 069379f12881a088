import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { arrayDataset, rebatch, subset } from '@cantrip/data';
import { build } from 'tsup';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { batchWorker } from '../src/prefetch/batch-worker.ts';
import { plainOutput, runFixture } from './fixtures/run-fixture.ts';
import { allOf, randomOptions, tinyImages } from './fixtures/tiny-images.ts';

const here = arrayDataset({ ...randomOptions, prefetch: 0 });

describe('batches from a worker thread', () => {
  it.each([1, 2, 20])('are equal to the bit to those of the main thread, %i ahead', async (prefetch) => {
    const there = arrayDataset({ ...randomOptions, prefetch });
    for (const epoch of [0, 1, 0]) {
      expect(await allOf(there.batches({ seed: 4, epoch }))).toEqual(
        await allOf(here.batches({ seed: 4, epoch })),
      );
    }
  });

  it('carry names, normalization and chosen examples', async () => {
    const { inputs, targets } = tinyImages(9);
    const options = {
      inputs: {
        image: inputs as never,
        float: { values: Float32Array.from({ length: 9 }, Math.sqrt), shape: [9] },
      },
      targets,
      normalization: { scale: [2], offset: 1 },
      batchSize: 2,
      augment: { image: randomOptions.augment },
    };
    const [first, second] = [0, 2].map((prefetch) =>
      subset(arrayDataset({ ...options, prefetch }), [8, 1, 3, 3, 0]).batches({ seed: 1 }),
    );
    expect(await allOf(second!)).toEqual(await allOf(first!));
  });

  it('serve several readers at once', async () => {
    const there = arrayDataset({ ...randomOptions, prefetch: 2 });
    const places = [{ epoch: 0 }, { epoch: 1 }, { epoch: 0, start: 3 }];
    const found = await Promise.all(places.map((place) => allOf(there.batches(place))));
    expect(found).toEqual(await Promise.all(places.map((place) => allOf(here.batches(place)))));
  });

  it('may be left early, and read again', async () => {
    const there = arrayDataset({ ...randomOptions, prefetch: 3 });
    for await (const { size } of there.batches()) {
      expect(size).toBe(4);
      break;
    }
    expect(await allOf(there.batches())).toEqual(await allOf(here.batches()));
  });

  it('do not keep the process alive', async () => {
    expect(await runFixture('leave-early.ts')).toBe('4\nended at once');
  });

  it('come from the main thread when an augmentation is a function', async () => {
    const augment = [
      ...randomOptions.augment,
      ({ values }: { values: { reverse(): unknown } }) => void values.reverse(),
    ];
    const [first, second] = [0, 2].map((prefetch) =>
      arrayDataset({ ...randomOptions, augment, prefetch }).batches(),
    );
    expect(await allOf(second!)).toEqual(await allOf(first!));
  });

  it('are not prepared ahead where nothing is augmented, unless it is asked for', async () => {
    const plain = rebatch(arrayDataset(randomOptions));
    const asked = rebatch(arrayDataset(randomOptions), { prefetch: 2 });
    expect(await allOf(asked.batches())).toEqual(await allOf(plain.batches()));
  });
});

describe('the worker', () => {
  const source = () => ({}) as never;

  it('that fails to make a batch says why, and works on', async () => {
    const worker = batchWorker(source);
    const place = { seed: 0, epoch: 0, index: 0 };
    await expect(worker.prepare(place)).rejects.toMatchObject({ code: 'DATA_WORKER', who: 'arrayDataset' });
    await expect(worker.prepare(place)).rejects.toThrow(
      /^\[arrayDataset\] the worker thread .* Cannot read properties of undefined .* \(DATA_WORKER\)$/,
    );
  });

  it('that had nothing to do for a while ends, and starts again when there is', async () => {
    const worker = batchWorker(source, 500);
    const terminate = vi.spyOn(Worker.prototype, 'terminate');
    await expect(worker.prepare({ seed: 0, epoch: 0, index: 0 })).rejects.toThrow(/DATA_WORKER/);
    expect(terminate).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(terminate).toHaveBeenCalledOnce(), 5000);
    await expect(worker.prepare({ seed: 0, epoch: 0, index: 0 })).rejects.toThrow(/DATA_WORKER/);
  });
});

describe('a program that is bundled into one file', () => {
  const outDir = mkdtempSync(join(tmpdir(), 'cantrip-data-built-'));
  const run = async () =>
    (
      await promisify(execFile)(process.execPath, [join(outDir, 'main.js')], {
        timeout: 60_000,
        env: plainOutput,
      })
    ).stdout.trim();

  beforeAll(async () => {
    const source = (name: string) => fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
    await build({
      config: false,
      silent: true,
      entry: { index: source('index'), worker: source('worker') },
      format: 'esm',
      target: 'node20.19',
      noExternal: [/./],
      outDir,
      esbuildOptions: (options) => void (options.conditions = ['@cantrip/source']),
    });
    writeFileSync(join(outDir, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(outDir, 'main.js'), builtProgram);
  });

  it('finds its worker beside it', async () => {
    expect(await run()).toBe('true 6');
  });

  it('says so when the worker is missing, as in a program that was bundled without it', async () => {
    rmSync(join(outDir, 'worker.js'));
    expect(await run()).toMatch(
      /^\[arrayDataset\] the worker thread .* Cannot find module .*Set prefetch to 0.*\(DATA_WORKER\)$/,
    );
  });
});

const builtProgram = `
import { arrayDataset, randomCrop, randomFlip } from './index.js';
const options = {
  inputs: { values: Uint8Array.from({ length: 23 * 20 }, (_, at) => at % 256), shape: [23, 5, 4, 1] },
  targets: { values: new Int32Array(23), shape: [23] },
  batchSize: 4,
  shuffle: true,
  augment: [randomCrop({ padding: 2 }), randomFlip()],
};
const all = async (prefetch) => {
  const batches = [];
  for await (const batch of arrayDataset({ ...options, prefetch }).batches({ seed: 1 })) batches.push(batch);
  return batches;
};
const here = await all(0);
const there = await all(2).catch((error) => {
  console.log(error.message);
  process.exit();
});
console.log(JSON.stringify(here) === JSON.stringify(there), there.length);
`;

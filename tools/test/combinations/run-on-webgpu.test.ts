import '../../../packages/core-tensor-gpu/test/webgpu/software-adapter.ts';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpoint } from '@cantrip/checkpoint';
import type { DeviceName } from '@cantrip/core-tensor-gpu';
import { confusionMatrix, f1 } from '@cantrip/metrics';
import { adam } from '@cantrip/optimizers';
import { progress } from '@cantrip/progress';
import { readRunLog, runLog } from '@cantrip/run-log';
import { presentDevices, tinyData, tinyTrainer } from '@cantrip/testing';
import type { FitOptions, Plugin, Snapshot, Trainer } from '@cantrip/trainer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const validation = tinyData({ examples: 9 });
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cantrip-webgpu-run-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly end: Snapshot;
  readonly figures: readonly object[];
  readonly lines: readonly string[];
}

/** Trains three epochs of three steps with all that surrounds a run, in a folder of that name. */
async function train(
  device: DeviceName,
  name: string,
  { stopAfter, resume = 'auto' }: { stopAfter?: number; resume?: FitOptions['resume'] } = {},
  then?: (trainer: Trainer) => Promise<unknown>,
): Promise<Run> {
  const path = join(folder, name);
  const lines: string[] = [];
  const stop: Plugin = {
    name: 'stop',
    onStepEnd: ({ run, step }) => void (step === stopAfter && run.stop('enough')),
  };
  const trainer = tinyTrainer(
    [
      runLog({ folder: path, every: 1, predictions: true }),
      progress({ bar: false }),
      checkpoint({ folder: join(path, 'checkpoints'), best: { metric: 'validation_loss', mode: 'min' } }),
      stop,
    ],
    {
      device,
      optimizer: adam({ learningRate: 0.01 }),
      metrics: [f1(), confusionMatrix()],
      log: (line) => lines.push(line),
    },
  );
  try {
    const { epochs, earlier } = await trainer.fit(tinyData(), { epochs: 3, validation, resume });
    await then?.(trainer);
    return { end: await trainer.save(), figures: [...earlier, ...epochs], lines };
  } finally {
    trainer.dispose();
  }
}

/** What the log of a run has in common with one that was never stopped. */
const logOf = (name: string): readonly string[] =>
  ['scalars.jsonl', 'steps.csv', 'epochs.csv']
    .map((file) => join(folder, name, file))
    .map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : ''));

describe.each(await presentDevices(['webgpu']))('a run with all that surrounds it on %s', (device) => {
  it('has the figures of wasm, a log of each step and a line for each epoch', async () => {
    const [wanted, got] = [await train('wasm', 'wasm'), await train(device, 'gpu')];
    expect(got.figures).toEqual(
      wanted.figures.map((logs) =>
        Object.fromEntries(
          Object.entries(logs).map(([name, value]) => [name, expect.closeTo(value as number, 4)]),
        ),
      ),
    );
    const { steps, epochs } = await readRunLog(join(folder, 'gpu'));
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epochs).toHaveLength(3);
    expect(got.lines.filter((line) => line.includes('epoch 3/3'))).toHaveLength(1);
  });

  it('stops in an epoch, and goes on to the bits and the log of a run that was never stopped', async () => {
    const unbroken = await train(device, 'unbroken');
    await train(device, 'stopped', { stopAfter: 4 });
    const resumed = await train(device, 'stopped');
    expect(resumed.end).toEqual(unbroken.end);
    expect(resumed.figures).toEqual(unbroken.figures);
    expect(logOf('stopped')).toEqual(logOf('unbroken'));
    expect(logOf('stopped')[1]).toContain('\n9,');
  });

  it('is written by saveTo, and goes on from that file to the same bits', async () => {
    const unbroken = await train(device, 'unbroken');
    const path = join(folder, 'saved');
    await train(device, 'first', { stopAfter: 5 }, (trainer) => trainer.saveTo(path));
    expect((await train(device, 'second', { resume: path })).end).toEqual(unbroken.end);
  });
});

import { presentDevices, tinyTrainer } from '@cantrip/testing';
import type { BatchSource, Trainer } from '@cantrip/trainer';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

const [device] = await presentDevices(['tensorflow']);

const interval = 5;

/** A timer on a thread that does nothing else, so that it shows what the machine allows at this very moment. */
async function idleTimer(): Promise<{ ticks(): Promise<number>; end(): Promise<unknown> }> {
  const code = `
    const { parentPort } = require('node:worker_threads');
    let ticks = 0;
    setInterval(() => ticks++, ${interval});
    parentPort.on('message', () => parentPort.postMessage(ticks));`;
  const worker = new Worker(code, { eval: true });
  const ticks = (): Promise<number> =>
    new Promise((resolve) => {
      worker.once('message', resolve);
      worker.postMessage('');
    });
  await ticks();
  return { ticks, end: () => worker.terminate() };
}

/** The ticks of a timer on the event loop for each tick of the idle one, while work is done. */
async function shareOfTicks(work: () => Promise<unknown>): Promise<number> {
  const idle = await idleTimer();
  let ticks = 0;
  const timer = setInterval(() => ticks++, interval);
  const idleBefore = await idle.ticks();
  ticks = 0;
  await work();
  const share = ticks / ((await idle.ticks()) - idleBefore);
  clearInterval(timer);
  await idle.end();
  return share;
}

interface Program {
  readonly units: number;
  readonly batch: number;
  readonly steps: number;
}

const data = ({ units, batch, steps }: Program): BatchSource => ({
  stepsPerEpoch: steps,
  *batches() {
    const inputs = { values: new Float32Array(batch * units).fill(0.1), shape: [batch, units] };
    const targets = { values: Int32Array.from({ length: batch }, (_, i) => i % 3), shape: [batch] };
    for (let step = 0; step < steps; step++) yield { inputs, targets, size: batch };
  },
});

/** A trainer whose device is open and whose model is built; nothing is recorded yet. */
async function opened({ units }: Program, capture: boolean): Promise<Trainer> {
  const { dense } = layers;
  const model = (): LayersModel =>
    sequential({
      layers: [
        dense({ units, inputShape: [units], activation: 'relu' }),
        dense({ units, activation: 'relu' }),
        dense({ units, activation: 'relu' }),
        dense({ units: 3 }),
      ],
    });
  const trainer = tinyTrainer([], { device: 'tensorflow', capture, model });
  await trainer.open();
  return trainer;
}

/** Some tens of milliseconds a step. */
const slow: Program = { units: 1024, batch: 128, steps: 60 };
/** Less than a millisecond a step, which runs on the event loop. */
const quick: Program = { units: 8, batch: 4, steps: 4000 };

/** The best of up to eight attempts: what else the machine does can only take ticks away. */
async function bestShare(program: Program, work: (trainer: Trainer) => Promise<unknown>): Promise<number> {
  let best = 0;
  for (let attempt = 0; attempt < 8 && best <= 0.8; attempt++) {
    const trainer = await opened(program, true);
    best = Math.max(best, await shareOfTicks(() => work(trainer)));
    trainer.dispose();
  }
  return best;
}

describe.skipIf(!device)(
  'the event loop goes on: a timer has at least 80 % of the ticks of an idle one',
  () => {
    const programs = [
      ['of some tens of milliseconds', slow],
      ['of less than a millisecond', quick],
    ] as const;

    it.each(programs)(
      'while captured steps %s run, the recording of the first included',
      async (_, program) => {
        const share = await bestShare(program, (trainer) => trainer.fit(data(program), { epochs: 1 }));
        expect(share).toBeGreaterThan(0.8);
      },
    );

    it.each(programs)('while batches %s are evaluated', async (_, program) => {
      const share = await bestShare(program, (trainer) => trainer.evaluate(data(program)));
      expect(share).toBeGreaterThan(0.8);
    });

    it('but not while steps run op by op, as this measure sees', async () => {
      const trainer = await opened(slow, false);
      expect(await shareOfTicks(() => trainer.fit(data(slow), { epochs: 1 }))).toBeLessThan(0.6);
      trainer.dispose();
    });
  },
);

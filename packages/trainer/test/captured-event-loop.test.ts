import { presentDevices, tinyTrainer } from '@cantrip/testing';
import type { BatchSource, Plugin } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
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

const size = 1024;
const batch = 128;

const noise: BatchSource = {
  stepsPerEpoch: 20,
  *batches() {
    const inputs = { values: new Float32Array(batch * size).fill(0.1), shape: [batch, size] };
    const targets = { values: Int32Array.from({ length: batch }, (_, i) => i % 3), shape: [batch] };
    for (let step = 0; step < 20; step++) yield { inputs, targets, size: batch };
  },
};

const wide = () =>
  sequential({
    layers: [
      layers.dense({ units: size, inputShape: [size], activation: 'relu' }),
      layers.dense({ units: size, activation: 'relu' }),
      layers.dense({ units: size, activation: 'relu' }),
      layers.dense({ units: 3 }),
    ],
  });

/** The ticks of a timer on the event loop for each tick of the idle one, from the fourth step on; and ms per step. */
async function train(capture: boolean): Promise<{ readonly share: number; readonly milliseconds: number }> {
  const idle = await idleTimer();
  let ticks = 0;
  let idleBefore = 0;
  let began = 0;
  const timer = setInterval(() => ticks++, interval);
  const begin: Plugin = {
    name: 'begin',
    async onStepEnd({ step }) {
      if (step !== 3) return;
      idleBefore = await idle.ticks();
      ticks = 0;
      began = performance.now();
    },
  };
  const trainer = tinyTrainer([begin], { device: 'tensorflow', capture, model: wide });
  await trainer.fit(noise, { epochs: 1 });
  const milliseconds = (performance.now() - began) / 17;
  const share = ticks / ((await idle.ticks()) - idleBefore);
  clearInterval(timer);
  await idle.end();
  trainer.dispose();
  return { share, milliseconds };
}

describe.skipIf(!device)('the event loop', () => {
  it('goes on while captured steps run: a timer has at least 80 % of the ticks of one on an idle thread', async () => {
    const { share, milliseconds } = await train(true);
    expect(milliseconds).toBeGreaterThan(20);
    expect(share).toBeGreaterThan(0.8);
  });

  it('stands still while steps run op by op, as this measure sees', async () => {
    const { share } = await train(false);
    expect(share).toBeLessThan(0.6);
  });
});

// `uploads.ts DEVICE SMALL`: how fast numbers and bytes come to the device, and numbers back.
import { type DeviceName, openDevice } from '@cantrip/core-tensor-gpu';
import { upload } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import { inTurns, writeResult } from '../../benchmarks/measuring/measure.ts';
import { measuredHere } from '../../benchmarks/measuring/measured-here.ts';

const [device = 'cuda', small] = process.argv.slice(2);
const side = small === 'true' ? 8 : 224;
const rounds = small === 'true' ? 1 : 15;
const shape = [64, side, side, 3];
const count = shape.reduce((product, each) => product * each, 1);
const { version, hardware } = (await openDevice(device as DeviceName)).describe();
const bytes = new Uint8Array(count).fill(7);
const numbers = new Float32Array(count).fill(7);
const normalization = { scale: 1 / 255, offset: 0 };

/** Waits for one number of a tensor, so that it has come. */
async function arrived(tensor: tf.Tensor): Promise<void> {
  const sum = tf.sum(tensor);
  await sum.data();
  tf.dispose([tensor, sum]);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const kept = tf.tensor(numbers, shape);
const milliseconds = await inTurns(
  {
    'bytes, float32 on the device': () =>
      timed(() => arrived(upload({ values: bytes, shape, normalization }))),
    float32: () => timed(() => arrived(tf.tensor(numbers, shape))),
    'float32 back': async () => {
      const copy = tf.add(kept, 1);
      const time = await timed(() => copy.data());
      tf.dispose(copy);
      return time;
    },
  },
  rounds,
);
writeResult('uploads', {
  ...measuredHere(),
  version,
  hardware,
  what: `milliseconds for a batch of 64 images of ${side} x ${side} x 3, median of ${rounds}; uploads with a sum on the device`,
  elements: count,
  milliseconds,
});
process.exit(0);

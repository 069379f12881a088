// Compares EfficientNet-Lite0 with ImageNet's weights on each device with what PyTorch computes of the same images.
import { readFileSync, writeFileSync } from 'node:fs';
import { type DeviceName, openDevice } from '@cantrip/core-tensor-gpu';
import { importWeights } from '@cantrip/weights';
import type * as tf from '@tensorflow/tfjs-core';
import { efficientNetLite, lite0 } from './efficientnet-lite.ts';
import { patternedImages } from './patterned-images.ts';
import { readPretrained } from './pretrained-weights.ts';
import { names } from './torch-modules.ts';

interface Golden {
  readonly tolerance: { readonly absolute: number };
  readonly cases: Readonly<
    Record<
      string,
      { readonly images: [number, number, number, number]; readonly outputs: readonly (readonly number[])[] }
    >
  >;
}

const golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8')) as Golden;
const devices = process.argv.length > 2 ? process.argv.slice(2) : ['tensorflow', 'wasm'];
const differences: Record<string, Record<string, number>> = {};
for (const name of devices) {
  await openDevice(name as DeviceName);
  const network = efficientNetLite(lite0);
  importWeights(network, readPretrained(), { names, layout: 'pytorch' });
  differences[name] = {};
  for (const [words, { images, outputs }] of Object.entries(golden.cases)) {
    const [count, height, width] = images;
    const logits = network.predict(patternedImages([count, height, width])) as tf.Tensor;
    const values = await logits.data();
    const expected = outputs.flat();
    const largest = expected.reduce((most, value, at) => Math.max(most, Math.abs(value - values[at]!)), 0);
    differences[name][words] = largest;
    console.log(
      `${name}, ${words}: the largest difference of ${expected.length} logits is ${largest.toExponential(1)}`,
    );
    if (!(largest <= golden.tolerance.absolute)) process.exitCode = 1;
  }
}
const results = new URL('./results/', import.meta.url);
writeFileSync(new URL('compare.json', results), `${JSON.stringify(differences, null, 2)}\n`);

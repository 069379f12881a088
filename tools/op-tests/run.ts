import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../../packages/core-tensor-gpu/src/native/upstream/upstream.ts';
import { openNative } from '../../packages/core-tensor-gpu/src/native-device/open-native.ts';
import { captureExclusions, exclusions as always } from './exclusions.ts';
import { type OpCounts, runOpsAsFunctions } from './one-op-functions.ts';
import { runSpecs } from './run-specs.ts';

const captured = process.argv.includes('--captured');
const exclusions = captured ? [...always, ...captureExclusions] : always;
const all = process.argv.includes('--all');
const name = process.argv.includes('--device=cuda') ? 'cuda' : 'tensorflow';
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length) ?? '';

// Convolutions of NCHW and dilated depthwise ones need oneDNN, which is not the default on every processor.
const oneDnn = process.env['TF_ENABLE_ONEDNN_OPTS'] ?? '1';
const device = await openNative(name, { environment: { TF_ENABLE_ONEDNN_OPTS: oneDnn } });
console.log(`tfjs-core's own tests on ${device.describe().version} (${device.describe().library})`);
const counts: OpCounts = { functions: new Map(), eager: new Map() };
if (captured) captureOps();

const failures: string[] = [];
const unneeded = new Set(exclusions.map(({ name }) => name));
const { passed, skipped } = await runSpecs({
  backendName: 'tensorflow',
  isDataSync: true,
  takes: (fullName) =>
    fullName.includes(only) && (all || !exclusions.some(({ name }) => fullName.includes(name))),
  failed: fail,
});

for (const failure of failures) console.log(`FAILED ${failure}`);
if (all) for (const name of unneeded) console.log(`EXCLUDED WITHOUT NEED ${name}`);
if (captured) report();
console.log(`${passed} passed, ${failures.length} failed, ${skipped} skipped`);
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);

function fail(fullName: string, expectations: readonly { readonly message: string }[]): void {
  failures.push([fullName, ...expectations.map(({ message }) => message.split('\n', 1)[0])].join('\n    '));
  for (const { name } of exclusions) if (fullName.includes(name)) unneeded.delete(name);
}

/** The tests ask tfjs-core for a new backend again and again. */
function captureOps(): void {
  const make = tf.findBackendFactory('tensorflow');
  tf.removeBackend('tensorflow');
  tf.registerBackend('tensorflow', () => {
    const backend = make() as NativeBackend;
    runOpsAsFunctions(backend.binding, counts);
    return backend;
  });
}

function report(): void {
  const { functions, eager } = counts;
  const calls = [...functions.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${functions.size} ops ran as functions of one op, ${calls} times`);
  for (const [op, count] of eager) console.log(`ran eagerly: ${op}, ${count} times`);
}

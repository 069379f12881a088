import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { webgpuDriver } from '../../packages/core-tensor-gpu/src/webgpu/webgpu-driver.ts';
import { failureKind, type FailureKind } from './failure-kind.ts';
import { runSpecs } from './run-specs.ts';

const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length) ?? '';
const update = process.argv.includes('--update');
const list = 'tools/op-tests/webgpu-failures.json';

const device = await webgpuDriver.open({});
const { version, hardware } = device.describe();
console.log(`tfjs-core's own tests on ${version} (${hardware})`);
const backend = tf.backend();
// The tests reset the engine again and again, which would end the adapter's buffers.
backend.dispose = () => undefined;

const failures = new Map<string, { readonly kind: FailureKind; readonly message: string }>();
const { passed, skipped } = await runSpecs({
  backendName: 'webgpu',
  isDataSync: false,
  takes: (fullName) => fullName.includes(only),
  failed: (fullName, expectations) => fail(fullName, expectations[0]?.message ?? ''),
});

const kinds: Partial<Record<FailureKind, string[]>> = {};
for (const [name, { kind }] of [...failures].sort(([a], [b]) => (a < b ? -1 : 1)))
  (kinds[kind] ??= []).push(name);
for (const [kind, names] of Object.entries(kinds)) console.log(`${kind}: ${names.length}`);
console.log(`${passed} passed, ${failures.size} failed, ${skipped} skipped`);

if (update) {
  writeFileSync(list, `${JSON.stringify(kinds, null, 2)}\n`);
  process.exit(0);
}
const listed = JSON.parse(readFileSync(list, 'utf8')) as Partial<Record<FailureKind, string[]>>;
const fresh = [...failures].filter(([name, { kind }]) => !listed[kind]?.includes(name));
for (const [name, { kind, message }] of fresh)
  console.log(`NOT IN THE LIST ${kind}: ${name}\n    ${message}`);
const known = Object.values(listed)
  .flat()
  .filter((name) => name.includes(only));
for (const name of known) if (!failures.has(name)) console.log(`LISTED, BUT PASSES ${name}`);
process.exit(fresh.length === 0 && passed > 0 ? 0 : 1);

function fail(name: string, message: string): void {
  const first = message.split('\n', 1)[0]!;
  failures.set(name, { kind: failureKind(message), message: first });
  if (process.argv.includes('--verbose')) console.log(`${failureKind(message)}: ${name}\n    ${first}`);
}

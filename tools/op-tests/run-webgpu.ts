import '@tfjs-core-dist/public/chained_ops/register_all_chained_ops.js';
import '@tfjs-core-dist/register_all_gradients.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTestEnvs } from '@tfjs-core-dist/jasmine_util.js';
import * as tf from '@tensorflow/tfjs-core';
import Jasmine from 'jasmine';
import { webgpuDriver } from '../../packages/core-tensor-gpu/src/webgpu/webgpu-driver.ts';
import { failureKind, type FailureKind } from './failure-kind.ts';

const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length) ?? '';
const update = process.argv.includes('--update');
const list = 'tools/op-tests/webgpu-failures.json';

const device = await webgpuDriver.open({});
const { version, hardware } = device.describe();
console.log(`tfjs-core's own tests on ${version} (${hardware})`);
const backend = tf.backend();
// The tests reset the engine again and again, which would end the adapter's buffers.
backend.dispose = () => undefined;

const runner = new Jasmine();
runner.exitOnCompletion = false;
runner.randomizeTests(false);
runner.clearReporters();
jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
setTestEnvs([{ name: 'test-webgpu', backendName: 'webgpu', flags: {}, isDataSync: false }]);
await import('@tfjs-core-dist/tests.js');

let passed = 0;
let skipped = 0;
const failures = new Map<string, { readonly kind: FailureKind; readonly message: string }>();
runner.env.configure({ specFilter: (spec) => spec.getFullName().includes(only) });
runner.addReporter({
  suiteDone: ({ fullName, failedExpectations }) => {
    if (failedExpectations.length > 0) fail(fullName, failedExpectations[0]!.message);
  },
  specDone({ fullName, status, failedExpectations }) {
    if (status === 'passed') passed++;
    else if (status === 'failed') fail(fullName, failedExpectations[0]?.message ?? '');
    else skipped++;
  },
});
await runner.execute();

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

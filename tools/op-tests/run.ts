import '@tfjs-core-dist/public/chained_ops/register_all_chained_ops.js';
import '@tfjs-core-dist/register_all_gradients.js';
import { setTestEnvs } from '@tfjs-core-dist/jasmine_util.js';
import Jasmine from 'jasmine';
import { openNative } from '../../packages/core-tensor-gpu/src/native/open-native.ts';
import { exclusions } from './exclusions.ts';

const all = process.argv.includes('--all');
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length) ?? '';

// Convolutions of NCHW and dilated depthwise ones need oneDNN, which is not the default on every processor.
const oneDnn = process.env['TF_ENABLE_ONEDNN_OPTS'] ?? '1';
const device = await openNative('tensorflow', { environment: { TF_ENABLE_ONEDNN_OPTS: oneDnn } });
console.log(`tfjs-core's own tests on ${device.describe().version} (${device.describe().library})`);

const runner = new Jasmine();
runner.exitOnCompletion = false;
runner.randomizeTests(false);
runner.clearReporters();
jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
setTestEnvs([{ name: 'test-tensorflow', backendName: 'tensorflow', flags: {}, isDataSync: true }]);
await import('@tfjs-core-dist/tests.js');

let passed = 0;
let skipped = 0;
const failures: string[] = [];
const unneeded = new Set(exclusions.map(({ name }) => name));

runner.env.configure({
  specFilter(spec) {
    const fullName = spec.getFullName();
    return fullName.includes(only) && (all || !exclusions.some(({ name }) => fullName.includes(name)));
  },
});
runner.addReporter({
  suiteDone: ({ fullName, failedExpectations }) => {
    if (failedExpectations.length > 0) fail(fullName, failedExpectations);
  },
  specDone({ fullName, status, failedExpectations }) {
    if (status === 'passed') passed++;
    else if (status === 'failed') fail(fullName, failedExpectations);
    else skipped++;
  },
});
await runner.execute();

for (const failure of failures) console.log(`FAILED ${failure}`);
if (all) for (const name of unneeded) console.log(`EXCLUDED WITHOUT NEED ${name}`);
console.log(`${passed} passed, ${failures.length} failed, ${skipped} skipped`);
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);

function fail(fullName: string, expectations: readonly { readonly message: string }[]): void {
  failures.push([fullName, ...expectations.map(({ message }) => message.split('\n', 1)[0])].join('\n    '));
  for (const { name } of exclusions) if (fullName.includes(name)) unneeded.delete(name);
}

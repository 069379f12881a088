// Runs the quick cases, prints each, and fails if a run did not survive one.
import { quickCases } from './quick-cases.ts';
import { bundleProgram } from './run-child.ts';
import { runCases } from './run-cases.ts';

await bundleProgram();
const results = await runCases(await quickCases(), {
  done: ({ group, way, name, wrong }) => console.log(`${wrong ?? 'ok'}: ${group} (${way}): ${name}`),
});
if (results.some(({ wrong }) => wrong !== undefined)) process.exitCode = 1;

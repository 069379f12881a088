// Writes two checkpoints, removes the older one, and replaces another one each time. It kills itself before the change of the
// number that is named, or in its midst. After each step it prints the step, and how many changes were made.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointName, pruneCheckpoints, writeCheckpoint } from '@cantrip/checkpoint';
import { patchFiles } from '../fixtures/patched-files.ts';
import { savedRun } from '../fixtures/saved-run.ts';

const [folder = '', number = '0', moment = 'before'] = process.argv.slice(2);
let changes = 0;
patchFiles(async (operation) => {
  if (!operation.changes || ++changes !== Number(number)) return undefined;
  if (moment === 'midst') await operation.half();
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment.
  return await new Promise(() => undefined);
});
for (const step of [1, 2]) {
  await writeCheckpoint(join(folder, checkpointName(step)), savedRun(step, 'plain'));
  await pruneCheckpoints(folder, { keep: 1, spare: [] });
  await writeCheckpoint(join(folder, 'latest'), savedRun(step, 'plain'));
  writeSync(1, `${step} ${changes}\n`);
}

import { fileURLToPath } from 'node:url';
import type { Stage } from './test-all/stage.ts';
import { stages } from './test-all/stages.ts';
import { formatTally, oneFailed, sum, type Tally } from './test-all/tally.ts';

/** Failures that the summary names of a stage. */
const most = 40;

/** `npm test`: every suite of the workspace, one after the other, whatever became of the one before. */
async function main(): Promise<void> {
  const results: { name: string; tally: Tally; seconds: number }[] = [];
  const all = stages(fileURLToPath(new URL('..', import.meta.url)));
  for (const [index, stage] of all.entries()) {
    console.log(`\n=== ${index + 1}/${all.length} ${stage.name} ===\n`);
    const begin = performance.now();
    const tally = await runSafely(stage);
    const seconds = (performance.now() - begin) / 1000;
    results.push({ name: stage.name, tally, seconds });
    console.log(`\n--- ${stage.name}: ${formatTally(tally)} (${seconds.toFixed(1)} s)`);
  }
  console.log('\n=== summary ===\n');
  for (const { name, tally, seconds } of results) {
    const mark = tally.failed > 0 ? 'FAILED' : 'ok';
    console.log(`${mark.padEnd(7)}${name.padEnd(32)}${formatTally(tally)} (${seconds.toFixed(0)} s)`);
    for (const failure of tally.failures?.slice(0, most) ?? []) console.log(`         ${failure}`);
  }
  const total = sum(results.map(({ tally }) => tally));
  console.log(`\n${formatTally(total)}`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

async function runSafely(stage: Stage): Promise<Tally> {
  try {
    return await stage.run();
  } catch (error) {
    console.error(error);
    return oneFailed;
  }
}

await main();

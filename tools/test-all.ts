import { fileURLToPath } from 'node:url';
import type { Lane, Stage } from './test-all/stage.ts';
import { stages } from './test-all/stages.ts';
import { formatTally, oneFailed, sum, type Tally } from './test-all/tally.ts';

interface Result {
  readonly name: string;
  readonly tally: Tally;
  readonly seconds: number;
}

/** Failures that the summary names of a stage. */
const most = 40;

/** `npm test`: every suite of the workspace, one after the other, whatever became of the one before. */
async function main(): Promise<void> {
  const begun = performance.now();
  const results: Result[] = [];
  const all = stages(fileURLToPath(new URL('..', import.meta.url)));
  const count = all.flat(2).length;
  let started = 0;
  const runLane = async (lane: Lane): Promise<Result[]> => {
    const done: Result[] = [];
    for (const stage of lane) {
      console.log(`\n=== ${++started}/${count} ${stage.name} ===\n`);
      done.push(await timed(stage));
    }
    return done;
  };
  for (const lanes of all) results.push(...(await Promise.all(lanes.map(runLane))).flat());
  console.log('\n=== summary ===\n');
  for (const { name, tally, seconds } of results) {
    const mark = tally.failed > 0 ? 'FAILED' : 'ok';
    console.log(`${mark.padEnd(7)}${name.padEnd(32)}${formatTally(tally)} (${seconds.toFixed(0)} s)`);
    for (const failure of tally.failures?.slice(0, most) ?? []) console.log(`         ${failure}`);
  }
  const total = sum(results.map(({ tally }) => tally));
  console.log(
    `\nIt took ${Math.round((performance.now() - begun) / 60_000)} minutes.\n\n${formatTally(total)}`,
  );
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

async function timed(stage: Stage): Promise<Result> {
  const begin = performance.now();
  const tally = await runSafely(stage);
  const seconds = (performance.now() - begin) / 1000;
  console.log(`\n--- ${stage.name}: ${formatTally(tally)} (${seconds.toFixed(1)} s)`);
  return { name: stage.name, tally, seconds };
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

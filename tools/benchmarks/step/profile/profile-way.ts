/**
 * Profiles one way of Cantrip's on one case, in a process of its own whose environment is the contender's, and prints a
 * {@link WayTimes} as JSON. `CASE PROBLEM-FILE { "steps": n, "byNode": false }`
 *
 * The graph of the captured step is run in a session with a full trace: what the step itself runs as a function.
 */
import { datasetOf, preparedBatches, trainerOf } from '../contenders/cantrip-trainer.ts';
import { product, readGiven } from '../contenders/given.ts';
import { opTimes } from './op-times.ts';
import type { WayTimes } from './profile-report.ts';
import { BATCHES } from '../cases/problem.ts';
import { nodeTimes } from './run-metadata.ts';
import { besideStep } from '../replay/session-of-step.ts';
import { type Spread, spreadOf } from '../../measuring/spread.ts';

const PRODUCTS = 20;
const TURNS = 7;

// The answer alone may stand on standard output.
console.log = console.error;
console.info = console.error;
const given = readGiven();
const { steps, byNode } = given.options as { readonly steps: number; readonly byNode: boolean };
process.stdout.write(`${JSON.stringify(await profileWay())}\n`);
process.exit(0);

async function profileWay(): Promise<WayTimes> {
  const trainer = trainerOf({ ...given, options: { capture: true } });
  const { device } = await trainer.open();
  const traced: Uint8Array[] = [];
  const end = besideStep(device.library!, (session) => void traced.push(session.trace()));
  const prepared = preparedBatches(given);
  let epochs = 0;
  const train = async (count: number): Promise<void> => {
    const numbers = Array.from({ length: count }, (_, i) => i % BATCHES);
    await trainer.fit(prepared(numbers), { epochs: ++epochs });
  };
  // The first third is for warming up.
  await train(Math.ceil(1.5 * steps));
  end();
  const turn = given.oneCase.steps;
  const multiply = product();
  return {
    stepMilliseconds: await timesOf(turn, () => train(turn)),
    productMilliseconds: await timesOf(PRODUCTS, async () => {
      for (let i = 0; i < PRODUCTS; i++) await multiply();
    }),
    batchMilliseconds: await timesOf(given.oneCase.stepsPerEpoch, makeBatches),
    ops: opTimes(traced.slice(-steps).map(nodeTimes), byNode),
  };
}

/** All batches of an epoch, and nothing done with them but giving them back as the trainer does. */
async function makeBatches(): Promise<void> {
  for await (const batch of datasetOf(given).batches({ seed: 1, epoch: 0, start: 0 })) batch.release?.();
}

/** The time of one of `count` that the work does, after one turn that does not count. */
async function timesOf(count: number, work: () => Promise<void>): Promise<Spread> {
  const times: number[] = [];
  for (let turn = -1; turn < TURNS; turn++) {
    const begun = performance.now();
    await work();
    if (turn >= 0) times.push((performance.now() - begun) / count);
  }
  return spreadOf(times);
}

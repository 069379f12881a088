/**
 * What each trick adds to a training step, as a ratio to the step without it: a small BN network on random images, batch
 * 64. Each way is a process of its own, because TensorFlow reads its environment once, and they train in turns. Takes
 * 4 minutes; writes results/trick-costs.json, from which `npm run generate` makes lines of the tricks' cards.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/trick-costs.ts [rounds]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { inTurns, writeResult } from '../measuring/measure.ts';
import type { Answer, Order } from '../tricks/trick-costs-child.ts';
import { capturesOn, type Device, onlyTensorFlow, ways } from '../tricks/trick-costs-ways.ts';

const STEPS = 20;
const BATCH = 64;
const rounds = Number(process.argv[2] ?? 11);

interface Child {
  readonly version: string;
  readonly hardware: string;
  /** Trains one more epoch; gives the milliseconds of a step. */
  epoch(): Promise<number>;
  close(): void;
}

async function start(way: string, device: Device): Promise<Child> {
  const order: Order = { way, device, steps: STEPS, batch: BATCH };
  const child = fork(fileURLToPath(new URL('../tricks/trick-costs-child.ts', import.meta.url)), [
    JSON.stringify(order),
  ]);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${way} on ${device} ended with ${String(code)}`);
  });
  // In the end it is told to end, and nobody waits.
  ended.catch(() => undefined);
  const next = async (): Promise<Answer> =>
    ((await Promise.race([once(child, 'message'), ended])) as Answer[])[0]!;
  const opened = (await next()) as Extract<Answer, { readonly version: string }>;
  return {
    ...opened,
    epoch: async () => {
      const answer = next();
      child.send('epoch');
      return ((await answer) as Extract<Answer, { readonly milliseconds: number }>).milliseconds / STEPS;
    },
    close: () => void child.kill(),
  };
}

async function compare(device: Device): Promise<{ readonly hardware: string; readonly figures: object }> {
  const names = Object.keys(ways).filter((way) => device === 'tensorflow' || !onlyTensorFlow.includes(way));
  const children: [string, Child][] = [];
  for (const way of names) children.push([way, await start(way, device)]);
  const medians = await inTurns(Object.fromEntries(children.map(([way, { epoch }]) => [way, epoch])), rounds);
  for (const [, child] of children) child.close();
  const { version, hardware } = children[0]![1];
  const ratios = Object.entries(medians).map(
    ([way, time]) => [way, Number((time / medians['none']!).toFixed(2))] as const,
  );
  const milliseconds = Number(medians['none']!.toFixed(2));
  return {
    hardware,
    figures: { version, capture: capturesOn(device), milliseconds, ratios: Object.fromEntries(ratios) },
  };
}

const { hardware, figures: tensorflow } = await compare('tensorflow');
const { figures: wasm } = await compare('wasm');
writeResult('trick-costs', {
  date: new Date().toISOString().slice(0, 10),
  machine: { hardware, cores: availableParallelism(), node: process.version },
  what: `median step time with the trick / without, batch ${BATCH}, ${rounds} rounds of ${STEPS} steps in turns, a process for each; steps are captured on tensorflow and go op by op on wasm`,
  tensorflow,
  wasm,
});

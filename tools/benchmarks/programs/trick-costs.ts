/**
 * What each trick adds to a training step, as a ratio to the step without it: small BN networks on random images, batch
 * 64. Each way is a process of its own, because TensorFlow reads its environment once, and they train in turns. Takes
 * 12 minutes; writes results/trick-costs.json, from which `npm run generate` makes lines of the tricks' cards.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/trick-costs.ts [rounds]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { timesInTurns, writeResult } from '../measuring/measure.ts';
import { ratioSpread, roundedSpread, type Spread, spreadOf } from '../measuring/spread.ts';
import type { Answer, Order } from '../tricks/trick-costs-child.ts';
import { capturesOn, type Device, networks, onlyTensorFlow } from '../tricks/trick-costs-ways.ts';

/** A captured step is compared with its program once an epoch; in epochs of 20 steps this would be seen. */
const STEPS: Readonly<Record<Device, number>> = { tensorflow: 100, wasm: 20 };
const BATCH = 64;
const rounds = Number(process.argv[2] ?? 11);

interface Child {
  readonly version: string;
  readonly hardware: string;
  /** Trains one more epoch; gives the milliseconds of a step. */
  epoch(): Promise<number>;
  close(): void;
}

async function start(network: string, way: string, device: Device): Promise<Child> {
  const order: Order = { network, way, device, steps: STEPS[device], batch: BATCH };
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
      return (
        ((await answer) as Extract<Answer, { readonly milliseconds: number }>).milliseconds / STEPS[device]
      );
    },
    close: () => void child.kill(),
  };
}

interface Compared {
  readonly hardware: string;
  readonly version: string;
  readonly milliseconds: number;
  readonly ratios: Readonly<Record<string, Spread>>;
}

async function compare(device: Device, network: string): Promise<Compared> {
  const names = Object.keys(networks[network]!.ways).filter(
    (way) => device === 'tensorflow' || !onlyTensorFlow.includes(way),
  );
  const children: [string, Child][] = [];
  for (const way of names) children.push([way, await start(network, way, device)]);
  const times = await timesInTurns(
    Object.fromEntries(children.map(([way, { epoch }]) => [way, epoch])),
    rounds,
  );
  for (const [, child] of children) child.close();
  const without = times['none']!;
  const ratios = names.map((way) => [way, roundedSpread(ratioSpread(times[way]!, without))] as const);
  const { version, hardware } = children[0]![1];
  return {
    hardware,
    version,
    milliseconds: Number(spreadOf(without).median.toFixed(2)),
    ratios: Object.fromEntries(ratios),
  };
}

let hardware = '';
const devices: Record<string, object> = {};
for (const device of ['tensorflow', 'wasm'] as const) {
  const figures: Record<string, object> = {};
  let version = '';
  for (const network of Object.keys(networks)) {
    const { milliseconds, ratios, ...opened } = await compare(device, network);
    ({ hardware, version } = opened);
    figures[network] = { milliseconds, ratios };
  }
  devices[device] = { version, capture: capturesOn(device), steps: STEPS[device], networks: figures };
}
writeResult('trick-costs', {
  date: new Date().toISOString().slice(0, 10),
  machine: { hardware, cores: availableParallelism(), node: process.version },
  what: `step time with the trick / without in the same round: median and quartiles of ${rounds} rounds of an epoch in turns, batch ${BATCH}, a process for each way; steps are captured on tensorflow and go op by op on wasm`,
  ...devices,
});

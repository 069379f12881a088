import { createInterface } from 'node:readline';

/** What a contender must be able to do; the rest of the protocol is the same for all. */
export interface Served {
  readonly versions: Readonly<Record<string, string>>;
  /** Trains on these of the prepared batches, one after the other, waits for the last loss and gives it. */
  train(batches: readonly number[]): Promise<number>;
  /** Trains for one epoch of the dataset: shuffled bytes on the host, divided by 255 on the device. */
  epoch(): Promise<void>;
  /** One product of two 512 x 512 matrices, waited for. */
  product(): Promise<void>;
}

interface Request {
  readonly cmd: 'first_step' | 'losses' | 'steps' | 'epoch' | 'product' | 'memory' | 'exit';
  readonly count?: number;
}

const BATCHES = 10;

/** Answers the driver's requests, one JSON line for each, until it says `exit` or goes away. */
export async function serve(start: () => Promise<Served>): Promise<void> {
  // The answers alone may stand on standard output.
  console.log = console.error;
  console.info = console.error;
  const served = await start();
  const requests = answerer(served);
  answer({ ready: true, versions: served.versions });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request;
    if (request.cmd === 'exit') break;
    answer(await requests(request));
  }
  process.exit(0);
}

function answerer(served: Served): (request: Request) => Promise<object> {
  const losses: number[] = [];
  let step = 0;
  const train = (count: number): Promise<number> => {
    const batches = Array.from({ length: count }, (_, i) => (step + i) % BATCHES);
    step += count;
    return served.train(batches);
  };
  return async ({ cmd, count = 1 }) => {
    switch (cmd) {
      case 'first_step':
        return { milliseconds: await timed(async () => void losses.push(await train(1))) };
      case 'losses':
        while (losses.length < BATCHES) losses.push(await train(1));
        return { losses };
      case 'steps':
        return { milliseconds: await timed(() => train(count)) };
      case 'epoch':
        return { milliseconds: await timed(() => served.epoch()) };
      case 'product':
        return {
          milliseconds: await timed(async () => {
            for (let i = 0; i < count; i++) await served.product();
          }),
        };
      case 'memory':
        return { bytes: process.resourceUsage().maxRSS * 1024 };
      case 'exit':
        return {};
    }
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function answer(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { serialize } from 'node:v8';
import { checkpoint, readCheckpoint } from '@cantrip/checkpoint';
import { tinyData, tinyModel, tinyTrainer, type TrickTogether } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import { inOrder } from '../../combinations/in-order.ts';
import { residualModel } from '../../combinations/residual-model.ts';
import { die, installFaults } from './fault-hook.ts';
import { type RunConfig, runFiles } from './run-config.ts';
import { stepLog } from './step-log.ts';

// One run: it goes on with what is in its folder, and writes its outcome there. Its argument is a RunConfig as JSON.
const config = JSON.parse(process.argv[2]!) as RunConfig;
const operations = installFaults(config.fault);
const folder = join(config.folder, runFiles.checkpoints);
const saving = checkpoint({
  folder,
  every: 3,
  keep: 2,
  // The first epoch, so that pruning has an old one to spare.
  best: { metric: 'loss', mode: 'max' },
});

const events: AnyPlugin = {
  name: 'events',
  async onStepBegin({ run }) {
    if (config.inOrder === true) await run.use(saving).written();
  },
  async onStepEnd({ step }) {
    process.stdout.write(`step ${step}\n`);
    if (step === config.killAtStep) await die();
    if (step === config.bombAtStep) takeAllMemory();
    if (step === config.clockBackAt) setClockBack();
    if (config.pause !== undefined) await wait(config.pause);
  },
};

function takeAllMemory(): never {
  const held: unknown[][] = [];
  for (;;) held.push(Array.from({ length: 1e5 }, (_, i) => ({ i })));
}

function setClockBack(): void {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...args: readonly unknown[]) {
      super(...((args.length === 0 ? [Real.now() - 3_600_000] : args) as [number]));
    }
    static override now(): number {
      return Real.now() - 3_600_000;
    }
  } as DateConstructor;
}

async function tricksOf(names: readonly string[]): Promise<readonly TrickTogether[]> {
  if (names.length === 0) return [];
  // Only here, because the other runs do not need them.
  const { allTricks } = await import('../../combinations/all-tricks.ts');
  const all = await allTricks();
  return names.map((name) => all.find((trick) => trick.name === name)!);
}

const tricks = await tricksOf(config.tricks ?? []);
const own = tricks.find(({ optimizer }) => optimizer)?.optimizer?.();
const messages: string[] = [];
const trainer = tinyTrainer(
  [...inOrder(tricks), saving, stepLog(join(config.folder, runFiles.log)), events],
  {
    device: config.device,
    capture: config.capture,
    model: tricks.length > 0 ? residualModel : tinyModel,
    ...(own && { optimizer: own }),
    handleInterrupt: true,
    log: (message) => void messages.push(message),
  },
);
const { run } = await trainer.open();
const { earlier, epochs, stopped } = await trainer.fit(tinyData({ examples: 24, batch: 6 }), {
  epochs: 5,
  validation: tinyData({ examples: 9 }),
  resume: 'auto',
});
const { newest, failures } = run.use(saving);
const outcome = {
  stopped,
  history: [...earlier, ...epochs],
  now: await trainer.save(),
  saved: await readCheckpoint(newest()!),
  names: (await readdir(folder)).sort(),
  failures: failures(),
  messages,
  operations: [...operations],
};
writeFileSync(join(config.folder, runFiles.outcome), serialize(outcome));
trainer.dispose();
if (stopped === 'SIGINT' || stopped === 'SIGTERM') process.exitCode = 128 + constants.signals[stopped];

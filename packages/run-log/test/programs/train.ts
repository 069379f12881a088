import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkpoint } from '@cantrip/checkpoint';
import { runLog } from '@cantrip/run-log';
import { tinyData, tinyTrainer } from '@cantrip/testing';

// One run in a folder, which goes on with what is there. It tells each step.
const folder = process.argv[2]!;
const pause = Number(process.argv[3] ?? 0);
const trainer = tinyTrainer(
  [
    checkpoint({ folder: join(folder, 'checkpoints'), every: 3, keep: 2 }),
    runLog({ folder, every: 1 }),
    {
      name: 'pace',
      async onStepEnd({ step }) {
        process.stdout.write(`step ${step}\n`);
        if (pause > 0) await wait(pause);
      },
    },
  ],
  { device: 'cpu', log: () => undefined },
);
await trainer.fit(tinyData({ examples: 24, batch: 6 }), {
  epochs: 4,
  validation: tinyData({ examples: 9 }),
  validateEvery: 3,
  resume: 'auto',
});
trainer.dispose();

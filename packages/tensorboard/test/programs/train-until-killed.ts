/** Trains 12 epochs with checkpoints and TensorBoard's files in a folder, as slowly as asked. It is killed meanwhile. */
import { setTimeout as pause } from 'node:timers/promises';
import { checkpoint } from '@cantrip/checkpoint';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import { tensorBoard } from '../../src/index.ts';

const [folder = '', milliseconds = '0'] = process.argv.slice(2);
const trainer = tinyTrainer(
  [
    tensorBoard({ folder: `${folder}/board`, every: 1, histograms: { every: 2 } }),
    checkpoint({ folder: `${folder}/checkpoints`, every: 2 }),
    { name: 'slow', onStepEnd: () => pause(Number(milliseconds)) },
  ],
  { device: 'wasm' },
);
const history = await trainer.fit(tinyData(), {
  epochs: 12,
  validation: tinyData({ examples: 9 }),
  resume: 'auto',
});
trainer.dispose();
console.log(JSON.stringify([...history.earlier, ...history.epochs]));

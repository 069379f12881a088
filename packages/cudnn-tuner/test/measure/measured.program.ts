// Trains in mode measure, for measure-mode.test.ts: `COUNTER BATCH BUDGET [fail]`. It counts its starts in a file.
import { appendFileSync } from 'node:fs';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import { cudnnTuning } from '../../src/index.ts';

const [counter, batch, budget, fail] = process.argv.slice(2);
appendFileSync(counter!, 'start\n');
if (fail !== undefined && process.env['CANTRIP_TUNING'] !== undefined) process.exit(3);
const log = (message: string): void => void process.stdout.write(`${message}\n`);
const plugins = [cudnnTuning({ mode: 'measure', budget: Number(budget) })];
const trainer = tinyTrainer(plugins, { device: 'tensorflow', capture: false, log });
await trainer.fit(tinyData({ examples: 8, batch: Number(batch) }), { epochs: 1 });
trainer.dispose();
appendFileSync(counter!, 'end\n');

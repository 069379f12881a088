// Trains a step with settings and prints what TensorFlow runs with, for settings.test.ts.
import { tinyData, tinyTrainer } from '@cantrip/testing';
import { cudnnTuning, type CudnnTuningOptions } from '../src/index.ts';

const messages: string[] = [];
const options = JSON.parse(process.argv[2]!) as CudnnTuningOptions;
const log = (message: string): void => void messages.push(message);
const trainer = tinyTrainer([cudnnTuning(options)], { device: 'tensorflow', log });
await trainer.fit(tinyData({ examples: 8, batch: 8 }), { epochs: 1 });
const { device } = await trainer.open();
trainer.dispose();
process.stdout.write(JSON.stringify({ settings: device.settings, messages }));

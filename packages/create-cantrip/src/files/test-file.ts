/** train.test.ts: a test of the training. */
export const testFile = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { take } from '@cantrip/data';
import { seed } from '@cantrip/seed';
import { createTrainer } from '@cantrip/trainer';
import { readData } from './data.ts';
import config from './train.ts';

test('the loss of a few examples falls when the model trains on them alone', async () => {
  const { params } = config;
  const { trainer: options } = await config.run(params);
  const { train } = await readData(params);
  const few = take(train, Math.min(params.batchSize, train.size));
  // Without the plugins of the config, which write files.
  const trainer = createTrainer({ ...options, plugins: [seed({ value: params.seed })], reporter: false });
  const { epochs } = await trainer.fit(few, { epochs: 20 });
  trainer.dispose();
  assert.ok(epochs.at(-1)!['loss']! < epochs[0]!['loss']!);
});
`;

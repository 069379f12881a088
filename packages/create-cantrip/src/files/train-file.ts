import type { FoundData } from '../data/found-data.ts';
import { quoted } from './code.ts';

/** How long a project trains, by what it trains on. */
const epochs = { example: 30, images: 10, csv: 30, parquet: 30 } as const;

/** train.ts: the config of `cantrip train`. */
export function trainFile(data: FoundData): string {
  const isNumber = 'target' in data && !data.target.isClass;
  const lines = {
    metrics: isNumber ? "import { r2 } from '@cantrip/metrics';\n" : '',
    trainer: isNumber ? 'meanSquaredError' : 'accuracy, softmaxCrossEntropy',
    loss: isNumber ? 'meanSquaredError()' : 'softmaxCrossEntropy()',
    metric: isNumber ? 'r2()' : 'accuracy()',
    data: data.kind === 'example' ? '' : `    data: ${quoted(data.path)},\n`,
  };
  return `import { checkpoint } from '@cantrip/checkpoint';
import { defineConfig } from '@cantrip/cli/config';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
${lines.metrics}import { adamw } from '@cantrip/optimizers';
import { runLog } from '@cantrip/run-log';
import { seed } from '@cantrip/seed';
import { ${lines.trainer} } from '@cantrip/trainer';
import { readData } from './data.ts';
import { createModel } from './model.ts';

// What npm start trains. Change a value here, or for one run: npm start -- --set learningRate=0.01
export default defineConfig({
  params: {
${lines.data}    epochs: ${epochs[data.kind]},
    batchSize: 32,
    learningRate: 0.002,
    seed: 42,
    // Each run gets a folder of its own.
    folder: \`runs/\${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}\`,
  },
  run: async (params) => {
    const { train, validation, inputShape, outputs } = await readData(params);
    return {
      trainer: {
        device: 'auto', // the best one that is there
        model: () => createModel(inputShape, outputs),
        optimizer: adamw({ learningRate: params.learningRate }),
        loss: ${lines.loss},
        metrics: [${lines.metric}],
        plugins: [
          seed({ value: params.seed }),
          lrSchedule(cosine({ value: params.learningRate, steps: '100%' })),
          checkpoint({
            folder: \`\${params.folder}/checkpoints\`,
            best: { metric: 'validation_loss', mode: 'min' },
          }),
          runLog({ folder: params.folder, hyperparameters: params, predictions: true }),
        ],
      },
      data: train,
      fit: { epochs: params.epochs, validation },
    };
  },
});
`;
}

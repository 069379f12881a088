import { openDevice } from '@cantrip/core-tensor-gpu';
import { expect, it } from 'vitest';
import { modelSummary } from '@cantrip/inspect';
import golden from '../golden/model-summary.json' with { type: 'json' };
import { goldenModels } from './golden-models.ts';

await openDevice('cpu');

it.each(Object.entries(golden.cases))(
  'counts parameters and FLOPs of the model %s as Keras and PyTorch do',
  (name, { batchSize, outputShape, ...counts }) => {
    const summary = modelSummary(goldenModels[name]!(), { batchSize });
    expect(summary).toMatchObject({ ...counts, batchSize, unknownFlops: [], unknownSizes: [] });
    expect(summary.layers.flatMap(({ outputShapes }) => outputShapes)).toContainEqual(outputShape);
    expect(summary.frozen).toBe(counts.parameters - counts.trained);
  },
);

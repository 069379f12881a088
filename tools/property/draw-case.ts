import fc from 'fast-check';
import type { Case, HeadDraw } from './case.ts';
import { drawData } from './draw-data.ts';
import { drawModel, type Layers } from './draw-model.ts';
import { drawRun } from './draw-run.ts';

/** Cases of dense layers alone, or of any. */
export function drawCase(layers: Layers): fc.Arbitrary<Case> {
  return fc.record({ model: drawModel(layers), data: drawData, run: drawRun }).map(legal);
}

/** What the trainer refuses with good reason is taken out. */
function legal(given: Case): Case {
  const { model, data, run } = given;
  // The divisor of a step of several batches is one number, which two outputs must share.
  const alike = run.accumulate > 1 && model.heads.length > 1;
  const heads = alike
    ? model.heads.map((head) =>
        head.loss === 'smoothedCrossEntropy'
          ? ({ loss: 'softmaxCrossEntropy', units: head.units, classWeights: false } as const)
          : head.loss === 'softmaxCrossEntropy'
            ? { ...head, classWeights: false }
            : head,
      )
    : model.heads;
  const labelSmoothing = heads[0]!.loss === 'meanSquaredError' ? 0 : run.labelSmoothing;
  const hasNorm = model.body.some(({ kind }) => kind === 'batchNorm');
  return {
    model: { ...model, heads: heads.map((head, at) => unsmoothed(head, at === 0 ? labelSmoothing : 0)) },
    data: { ...data, weighted: data.weighted && !alike },
    run: {
      ...run,
      freezeBatchNorm: run.freezeBatchNorm && hasNorm,
      labelSmoothing,
    },
  };
}

/** A loss that the plugin smooths has no smoothing of its own. */
const unsmoothed = (head: HeadDraw, plugin: number): HeadDraw =>
  head.loss === 'smoothedCrossEntropy' && plugin > 0 ? { ...head, smoothing: 0 } : head;

import { CantripError } from '@cantrip/errors';
import type { LayersModel, Shape as LayerShape } from '@tensorflow/tfjs-layers';
import type { Shape } from './layer-calls.ts';
import type { SummaryOptions } from './summary-options.ts';

/** The shapes of a model's inputs with the batch, in the order of `model.inputs`. */
export interface InputShapes {
  readonly shapes: readonly Shape[];
  readonly batchSize: number;
}

/**
 * @throws CantripError OPTION_INVALID if the options do not fit the model; MODEL_INVALID if the model has no shapes yet
 */
export function inputShapesOf(
  model: LayersModel,
  { batchSize, inputShapes }: Pick<SummaryOptions, 'batchSize' | 'inputShapes'>,
): InputShapes {
  const symbols = model.inputs ?? [];
  if (symbols.length === 0 || (model.outputs ?? []).length === 0) throw noShapes();
  const fixed = symbols.map(({ shape }) => shape[0]).find((size) => size !== null && size !== undefined);
  if (fixed !== undefined && batchSize !== undefined && fixed !== batchSize)
    throw new CantripError('OPTION_INVALID', {
      who: 'modelSummary',
      what: `batchSize must be ${fixed}, which the inputs of the model fix, got ${batchSize}`,
      fix: 'Leave batchSize out',
    });
  const examples = fixed ?? batchSize ?? 1;
  const given = byInput(model, inputShapes);
  const shapes = symbols.map(({ shape }, i) => [examples, ...(given[i] ?? shape.slice(1))]);
  return { shapes, batchSize: examples };
}

function byInput(
  { inputs }: LayersModel,
  given: SummaryOptions['inputShapes'],
): readonly (readonly number[] | undefined)[] {
  if (given === undefined) return [];
  // A sequential model has inputNames only once it was built.
  const inputNames = inputs.map(({ sourceLayer }) => sourceLayer.name);
  const named = Array.isArray(given)
    ? { [inputNames[0]!]: given as readonly number[] }
    : (given as Readonly<Record<string, readonly number[]>>);
  const unknown = Object.keys(named).find((name) => !inputNames.includes(name));
  if (unknown !== undefined || (Array.isArray(given) && inputNames.length > 1))
    throw refused(
      `must name inputs of the model, got ${unknown ?? 'one shape'}`,
      `The inputs of the model are ${inputNames.join(', ')}`,
    );
  return inputNames.map((name, i) => {
    const shape = Object.hasOwn(named, name) ? named[name] : undefined;
    const declared = inputs[i]!.shape.slice(1);
    if (!shape || fits(shape, declared)) return shape;
    throw refused(
      `of ${name} must fit [${declared.map((size) => size ?? '?').join(', ')}], got [${shape.join(', ')}]`,
      'Give the shape of one example, without the batch',
    );
  });
}

const fits = (shape: readonly number[], declared: LayerShape): boolean =>
  shape.length === declared.length && declared.every((size, i) => size === null || size === shape[i]);

function refused(what: string, fix: string): CantripError {
  return new CantripError('OPTION_INVALID', { who: 'modelSummary', what: `inputShapes ${what}`, fix });
}

function noShapes(): CantripError {
  return new CantripError('MODEL_INVALID', {
    who: 'modelSummary',
    what: 'the model has no shapes yet',
    fix: 'Give its first layer an inputShape, or call model.build(shape)',
  });
}

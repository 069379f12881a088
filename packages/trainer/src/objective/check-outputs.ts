import { CantripError } from '@cantrip/errors';
import { SINGLE, type TensorShapes } from '../contract/tensor-trees.ts';
import type { Objective } from './objective.ts';

/**
 * Checks that losses and metrics name outputs of the model, and that every output has a loss or an explicit null.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkOutputs({ losses, metrics, untrained }: Objective, shapes: TensorShapes): void {
  const outputs = Object.keys(shapes);
  const named = [...losses.map(([output]) => output), ...untrained];
  checkNames('loss', named, outputs);
  checkNames(
    'metrics',
    metrics.map(([output]) => output),
    outputs,
  );
  const missing = outputs.filter((output) => named[0] !== SINGLE && !named.includes(output));
  if (missing.length === 0) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'trainer',
    what: `the model's output ${missing.join(', ')} has no loss, so it would not be trained`,
    fix: `Add a loss for it, or write loss: { ${missing[0]!}: null } if it has none`,
  });
}

function checkNames(option: 'loss' | 'metrics', named: readonly string[], outputs: readonly string[]): void {
  const all = outputs.join(', ');
  if (named.includes(SINGLE) && outputs.length > 1) {
    const one = option === 'loss' ? 'softmaxCrossEntropy()' : '[accuracy()]';
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `the model has several outputs (${all}), but ${option} ${option === 'loss' ? 'is a single loss' : 'is a single list'}`,
      fix: `Set one for each output: ${option}: { ${outputs[0]!}: ${one} }`,
    });
  }
  const unknown = named.find((name) => name !== SINGLE && !outputs.includes(name));
  if (unknown === undefined) return;
  const isUnnamed = outputs.length === 1 && outputs[0] === SINGLE;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'trainer',
    what: `${option} names the output ${unknown}, but the model ${isUnnamed ? 'returns one tensor without a name' : `has ${all}`}`,
    fix: isUnnamed ? `Write ${option} without a name` : `Use names of the model's outputs in ${option}`,
  });
}

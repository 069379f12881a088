import { CantripError } from '@cantrip/errors';
import { SINGLE, type TensorShapes } from '../contract/tensor-trees.ts';
import type { Objective } from './objective.ts';

/**
 * Checks that losses and metrics name outputs of the model, and that no output is left without a loss unsaid.
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
    what: `the model's output ${missing.join(', ')} has no loss, so that nothing trains it`,
    fix: `Give it a loss, or say that it has none: loss: { ${missing[0]!}: null }`,
  });
}

function checkNames(option: 'loss' | 'metrics', named: readonly string[], outputs: readonly string[]): void {
  const all = outputs.join(', ');
  if (named.includes(SINGLE) && outputs.length > 1) {
    const one = option === 'loss' ? 'softmaxCrossEntropy()' : '[accuracy()]';
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `the model has several outputs (${all}), but ${option === 'loss' ? 'there is one loss' : 'metrics is one list'} for all`,
      fix: `Give one for each output: ${option}: { ${outputs[0]!}: ${one} }`,
    });
  }
  const unknown = named.find((name) => name !== SINGLE && !outputs.includes(name));
  if (unknown === undefined) return;
  const isUnnamed = outputs.length === 1 && outputs[0] === SINGLE;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'trainer',
    what: `${option} names an output ${unknown}, but ${isUnnamed ? 'the model gives one tensor without a name' : `the model has ${all}`}`,
    fix: isUnnamed ? `Write ${option} without a name` : `Name outputs of the model in ${option}`,
  });
}

import type { Plugin } from '@cantrip/trainer';
import { CantripError } from '@cantrip/errors';
import type { Variable } from '@tensorflow/tfjs-core';
import { freeze } from './freeze-batch-norm.ts';
import { checkFreezeOptions, type FreezeBatchNormOptions } from './freeze-options.ts';

/**
 * Plugin: freezes batch normalisations for the whole run, e.g. to fine-tune with small batches.
 *
 * The options are those of {@link freezeBatchNorm}. A model that is a function is refused.
 *
 * @throws CantripError OPTION_INVALID at once; MODEL_INVALID, or OPTION_INVALID where no layer matches, when the run
 *   begins
 * @example
 * ```ts
 * createTrainer({ …, plugins: [batchNormFreezing({ affine: 'train' })] });
 * ```
 */
export function batchNormFreezing(options: FreezeBatchNormOptions = {}): Plugin {
  const checked = checkFreezeOptions('batchNormFreezing', options);
  // Of all runs that this object takes part in: a variable belongs to one model only.
  const frozen = new WeakSet<Variable>();
  return {
    name: 'freeze-bn',
    setup({ model }) {
      if (typeof model === 'function') throw modelIsFunction();
      const { variables, undo } = freeze('batchNormFreezing', model, checked);
      variables.forEach((variable) => frozen.add(variable));
      return () => {
        variables.forEach((variable) => frozen.delete(variable));
        undo();
      };
    },
    transformVariables: (variables) =>
      Object.fromEntries(Object.entries(variables).filter(([, variable]) => !frozen.has(variable))),
  };
}

function modelIsFunction(): CantripError {
  return new CantripError('MODEL_INVALID', {
    who: 'batchNormFreezing',
    what: 'the model is a function, whose layers cannot be found',
    fix: 'Remove the plugin and normalise with frozenBatchNorm() in that function',
  });
}

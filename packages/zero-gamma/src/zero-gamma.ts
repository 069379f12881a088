import { parseOptions } from '@cantrip/errors';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import { setToZero, zeroGammasSchema, type ZeroGammasOptions } from './zero-gammas.ts';

/**
 * Plugin: each residual block begins as its shortcut, because the last gamma of its branch begins at 0. See
 * {@link zeroGammas}.
 *
 * A restored run continues with the gammas of its snapshot. `dispose()` sets back those that were not trained.
 *
 * @throws CantripError OPTION_INVALID at once; when the run begins MODEL_INVALID, or OPTION_INVALID for a pattern that
 *   matches no batch normalisation
 * @example
 * ```ts
 * createTrainer({ …, plugins: [zeroGamma()] });
 * ```
 * @see Goyal et al., Accurate, large minibatch SGD, section 5.1, https://arxiv.org/abs/1706.02677
 */
export function zeroGamma(options: ZeroGammasOptions = {}): Plugin {
  const checked = parseOptions('zeroGamma', zeroGammasSchema, options);
  return {
    name: 'zero-gamma',
    settings: plainSettings(checked),
    transformModel: (model) => {
      const undo = setToZero('zeroGamma', model, checked);
      return { model, undo };
    },
  };
}

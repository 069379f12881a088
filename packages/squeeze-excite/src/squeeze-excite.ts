import { CantripError, parseOptions } from '@cantrip/errors';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import { withBlocks } from './add-squeeze-excite.ts';
import { type SqueezeExciteOptions, squeezeExciteSchema } from './squeeze-excite-options.ts';

const who = 'squeezeExcite';

/**
 * Plugin: trains the model with a squeeze-and-excitation block behind each convolution that has enough channels. See
 * {@link addSqueezeExcite}.
 *
 * @throws CantripError OPTION_INVALID at once, or for unknown layers when the run begins; MODEL_INVALID,
 *   MODEL_NOT_REBUILT
 * @example
 * ```ts
 * createTrainer({ …, plugins: [squeezeExcite({ latentChannels: 1 / 16, minChannels: 32 })] });
 * ```
 */
export function squeezeExcite(options: SqueezeExciteOptions = {}): Plugin {
  const checked = parseOptions(who, squeezeExciteSchema, options);
  return {
    name: 'squeeze-excite',
    settings: plainSettings(checked),
    transformModel(model) {
      if ('layers' in model) return withBlocks(who, model, checked);
      throw new CantripError('MODEL_INVALID', {
        who,
        what: 'needs a LayersModel, but it is a function',
        fix: 'Call squeezeAndExcite in the function',
      });
    },
  };
}

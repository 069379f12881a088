import { CantripError, parseOptions } from '@cantrip/errors';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import type { layers } from '@tensorflow/tfjs-layers';
import { type BlurpoolOptions, blurpoolSchema, withBlurs } from './add-blurpool.ts';

const who = 'blurpool';

/**
 * Plugin: trains a model that blurs images before it makes them smaller. See {@link addBlurpool}.
 *
 * @throws CantripError OPTION_INVALID at once; when the run begins MODEL_INVALID, MODEL_NOT_REBUILT
 * @example
 * ```ts
 * createTrainer({ …, plugins: [blurpool({ minChannels: 8 })] });
 * ```
 */
export function blurpool(options: BlurpoolOptions = {}): Plugin {
  const checked = parseOptions(who, blurpoolSchema, options);
  return {
    name: 'blurpool',
    settings: plainSettings(checked),
    transformModel(model) {
      if ('layers' in model) {
        const shared: layers.Layer[] = [];
        const changed = withBlurs(who, model, checked, shared);
        return { model: changed, undo: () => void shared.forEach((layer) => layer.dispose()) };
      }
      throw new CantripError('MODEL_INVALID', {
        who,
        what: 'needs a LayersModel, but it is a function',
        fix: 'Call blur in the function',
      });
    },
  };
}

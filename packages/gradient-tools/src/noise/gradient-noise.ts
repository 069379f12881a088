import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin, StepContext } from '@cantrip/trainer';
import { onWholeStep } from '../step/on-whole-step.ts';
import { noisy } from './add-gradient-noise.ts';
import { checkedNoise, deviationOf, type GradientNoiseOptions } from './gradient-noise-deviation.ts';

/** What the plugin knows in one run. */
export interface GradientNoiseLocals {
  /** The random numbers of the step that is running. */
  random?: StepContext['random'];
}

const deviationName = 'gradient-noise/deviation';

/**
 * Plugin: adds normal noise to the gradients, less in each step, so training finds its way out of poor regions.
 *
 * The noise is added to what the update receives, after `transformGradients` of every plugin. With gradient
 * accumulation this is the mean of the batches, once a step. See {@link gradientNoiseDeviation} for its size.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * createTrainer({ …, plugins: [gradientNoise({ eta: 0.01 })] });
 * ```
 * @see Neelakantan et al., Adding gradient noise improves learning for very deep networks,
 *   https://arxiv.org/abs/1511.06807
 */
export function gradientNoise(
  options: GradientNoiseOptions = {},
): Plugin<Record<string, unknown>, void, GradientNoiseLocals> {
  const checked = checkedNoise('gradientNoise', options);
  const name = 'gradient-tools/noise';
  // 0 must change no bit, so nothing is added.
  const settings = plainSettings({ ...checked });
  if (checked.eta === 0) return { name, settings };
  return {
    name,
    settings,
    setup: () => ({ locals: {} }),
    scheduleScalars: (scalars, { step }) => ({ ...scalars, [deviationName]: deviationOf(step, checked) }),
    transformGradients(gradients, { random, locals }) {
      locals.random = random; // the optimizer runs right after it, in the same step
      return gradients;
    },
    transformOptimizer: (optimizer, { locals }) =>
      onWholeStep(optimizer, ({ gradients, scalars }) =>
        noisy(gradients, { deviation: scalars![deviationName]!, random: locals.random! }),
      ),
  };
}

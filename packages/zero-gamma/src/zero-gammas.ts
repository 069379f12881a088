import { CantripError, parseOptions, schemaOf } from '@cantrip/errors';
import { type NamePattern, namePatternCheck } from '@cantrip/plugin-kit';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as v from 'valibot';
import { lastNorms, namedNorms } from './last-norms.ts';

export interface ZeroGammasOptions {
  /**
   * Names of batch normalisations, as patterns: `'block_1_bn3'`, `/_bn2$/`. By default the last one in the branch of each
   * residual block.
   */
  readonly norms?: readonly NamePattern[] | undefined;
}

/** Schema of {@link ZeroGammasOptions}. */
export const zeroGammasSchema: v.GenericSchema<ZeroGammasOptions> = v.strictObject({
  norms: v.optional(v.pipe(v.array(schemaOf(namePatternCheck)), v.minLength(1))),
});

/**
 * Sets the last gamma in the branch of each residual block to 0, so each block begins as its shortcut.
 *
 * A gamma counts as not trained yet if it is 1 everywhere; others stay as they are. So weights of a trained model are
 * not lost. No value is read.
 *
 * @returns a function that sets the gammas back where they are still 0 everywhere; trained ones stay
 * @throws CantripError MODEL_INVALID if the model has no such normalisation; OPTION_INVALID, also for a pattern that
 *   matches none
 * @example
 * ```ts
 * const undo = zeroGammas(model); // model.layers: …, add_1; its branch ends in batch_normalization_2
 * ```
 * @see Goyal et al., Accurate, large minibatch SGD, section 5.1, https://arxiv.org/abs/1706.02677
 */
export function zeroGammas(model: LayersModel, options: ZeroGammasOptions = {}): () => void {
  return setToZero('zeroGammas', model, parseOptions('zeroGammas', zeroGammasSchema, options));
}

/** {@link zeroGammas} of checked options, for the caller `who`. */
export function setToZero(who: string, model: unknown, { norms: patterns }: ZeroGammasOptions): () => void {
  const given = requireLayersModel(who, model);
  const norms = patterns ? namedNorms(who, given, patterns) : lastNorms(who, given);
  const gammas = norms.map(({ gamma }) => gamma.read() as tf.Variable);
  const before = gammas.map((gamma) => tf.keep(tf.clone(gamma)));
  for (const gamma of gammas) replaceWhere(gamma, 1, tf.zerosLike);
  return () => {
    for (const [at, gamma] of gammas.entries())
      if (!gamma.isDisposed && !before[at]!.isDisposed) replaceWhere(gamma, 0, () => before[at]!);
    tf.dispose(before);
  };
}

/** Gives a variable another value if all its numbers are equal to this one. */
function replaceWhere(variable: tf.Variable, number: number, value: (now: tf.Variable) => tf.Tensor): void {
  tf.tidy(() => {
    const isAll = tf.broadcastTo(tf.all(tf.equal(variable, number)), variable.shape);
    variable.assign(tf.where(isAll, value(variable), variable));
  });
}

function requireLayersModel(who: string, model: unknown): LayersModel {
  const { layers, outputs } = (model ?? {}) as Partial<LayersModel>;
  if (Array.isArray(layers) && Array.isArray(outputs)) return model as LayersModel;
  throw new CantripError('MODEL_INVALID', {
    who,
    what: `needs a LayersModel, but it is ${typeof model === 'function' ? 'a function' : 'none'}`,
    fix: 'In a model of your own, begin with a gamma of zeros',
  });
}

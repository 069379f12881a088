import { CantripError } from '@cantrip/errors';
import type { Run } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** The images that a model declares: `[batch, height, width, channels]`; null is any number. */
export type DeclaredImages = readonly [null | number, null | number, null | number, null | number];

/** The input that a model declares. Undefined for a function. */
export function declaredImages({ model }: Run): DeclaredImages | undefined {
  if (!('layers' in model)) return undefined;
  const shapes = model.inputs.map(({ shape }) => shape);
  if (shapes.length === 1 && shapes[0]!.length === 4) return shapes[0] as unknown as DeclaredImages;
  throw new CantripError('MODEL_INVALID', {
    who: 'progressiveResizing',
    what: `needs a model whose only input is images [batch, height, width, channels], got ${shapes.map((one) => `[${one.join(', ')}]`).join(' and ')}`,
    fix: 'Remove progressiveResizing, or train another model',
  });
}

/**
 * Runs the model on one black image of the smallest size. A model that needs one size is found here, before anything is
 * trained.
 *
 * @param shrinking - the whole images, if targets become smaller with them: then so must outputs of their size
 *
 * @throws CantripError MODEL_INVALID
 */
export function trySmallest(
  { model }: Run,
  { height, width, channels }: Readonly<Record<'height' | 'width' | 'channels', number>>,
  shrinking?: readonly [number, number, number, number],
): void {
  if (!('layers' in model)) return;
  const size = `${height} x ${width}`;
  const declaredNow = (shape: (number | null)[]): (number | null)[] => {
    const isWhole = shrinking && shape[0] === shrinking[1] && shape[1] === shrinking[2];
    return isWhole ? [height, width, ...shape.slice(2)] : shape;
  };
  tf.tidy(() => {
    let outputs: unknown;
    try {
      outputs = model.apply(tf.zeros([1, height, width, channels]), { training: false });
    } catch (cause) {
      throw refused(`cannot read images of ${size}: ${(cause as Error).message.replace(/\.$/, '')}`, cause);
    }
    const shapes = [outputs as tf.Tensor | tf.Tensor[]].flat().map(({ shape }) => shape.slice(1));
    for (const [at, shape] of shapes.entries()) {
      const declared = declaredNow(model.outputs[at]!.shape.slice(1));
      if (declared.length === shape.length && declared.every((one, i) => one === null || one === shape[i]))
        continue;
      throw refused(
        `has outputs of shape [${shape.join(', ')}] for images of ${size}, where its targets have [${declared.join(', ')}]`,
      );
    }
  });
}

function refused(what: string, cause?: unknown): CantripError {
  return new CantripError('MODEL_INVALID', {
    who: 'progressiveResizing',
    what: `needs a model that reads images of any size, but this one ${what}`,
    fix: 'End the convolutions with globalAveragePooling2d instead of flatten, set resizeTargets for targets of every pixel, or remove progressiveResizing',
    ...(cause !== undefined && { cause }),
  });
}

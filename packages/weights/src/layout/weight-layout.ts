/**
 * How another library stores a weight. TensorFlow.js has convolutions as `[…space, in, out]`, depthwise ones as
 * `[height, width, in, multiplier]`, matrices as `[in, out]`.
 *
 * - `'same'`: as TensorFlow.js.
 * - `'convolution'`: `[out, in, …space]`; of a transposed convolution, `[in, out, …space]`.
 * - `'depthwise'`: `[in * multiplier, 1, height, width]`.
 * - `'matrix'`: `[out, in]`.
 * - `{ flattened: [height, width, channels] }`: `[out, channels * height * width]`, a matrix behind a flattened image
 *   whose channels come first; or `[channels * height * width]`, such as a normalisation has there.
 */
export type WeightLayout =
  'same' | 'convolution' | 'depthwise' | 'matrix' | { readonly flattened: readonly number[] };

/** The steps from TensorFlow.js's weight to the stored one: seen as `view`, its axes in `order`, seen as `stored`. */
export interface LayoutSteps {
  readonly view: readonly number[];
  readonly order: readonly number[];
  readonly stored: readonly number[];
}

/** @returns undefined for a weight that cannot have this layout */
export function layoutSteps(layout: WeightLayout, shape: readonly number[]): LayoutSteps | undefined {
  const rank = shape.length;
  const axes = shape.map((_, axis) => axis);
  if (layout === 'same') return { view: shape, order: axes, stored: shape };
  if (layout === 'matrix') return rank === 2 ? turned(shape, [1, 0]) : undefined;
  if (layout === 'convolution')
    return rank > 2 ? turned(shape, [rank - 1, rank - 2, ...axes.slice(0, -2)]) : undefined;
  if (layout === 'depthwise') {
    const [height = 0, width = 0, channels = 0, multiplier = 0] = shape;
    const stored = [channels * multiplier, 1, height, width];
    return rank === 4 ? { view: shape, order: [2, 3, 0, 1], stored } : undefined;
  }
  const { flattened } = layout;
  const [size, out] = shape;
  if (product(flattened) !== size) return undefined;
  const last = flattened.length - 1;
  if (rank === 1)
    return { view: flattened, order: [last, ...flattened.keys()].slice(0, last + 1), stored: [size] };
  if (rank !== 2) return undefined;
  return {
    view: [...flattened, out!],
    order: [last + 1, last, ...flattened.keys()].slice(0, last + 2),
    stored: [out!, size],
  };
}

const turned = (shape: readonly number[], order: readonly number[]): LayoutSteps => ({
  view: shape,
  order,
  stored: order.map((axis) => shape[axis]!),
});

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

type Values = Float32Array | Int32Array | Uint8Array;

/** TensorFlow.js's values in the stored layout. */
export function toStored<V extends Values>(values: V, { view, order }: LayoutSteps): V {
  return transposed(values, view, order);
}

/** Stored values in TensorFlow.js's layout. */
export function fromStored<V extends Values>(values: V, { view, order }: LayoutSteps): V {
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return transposed(
    values,
    order.map((axis) => view[axis]!),
    inverse,
  );
}

function transposed<V extends Values>(values: V, shape: readonly number[], order: readonly number[]): V {
  if (order.every((axis, at) => axis === at)) return values;
  const strides = shape.map((_, axis) => product(shape.slice(axis + 1)));
  const sizes = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const result = values.slice() as V;
  const at = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < values.length; to++) {
    result[to] = values[from]!;
    // Counts up the index of the result, the last axis first.
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++at[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      at[axis] = 0;
    }
  }
  return result;
}

import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import { layerClass } from './layer-class.ts';

type Layer = layers.Layer;
export type DeclaredShape = (number | null)[];
type Declare = (this: Layer, shape: never) => DeclaredShape;

/** The fields of a layer that the corrections below need. */
interface Sized {
  readonly height: number;
  readonly width: number;
  readonly padding: string;
  readonly filters: number;
  readonly strides: readonly number[];
  readonly targetShape: readonly (number | null)[];
}

/**
 * Corrects layers that declare another output shape than they produce. Without it, the layers after them are built
 * with wrong shapes.
 */
const corrections: Readonly<Record<string, (stock: Declare) => Declare>> = {
  // Its declared shape ignores the padding.
  Conv1D: (stock) => {
    return function (this: Layer, shape: DeclaredShape) {
      const { padding, filters, strides } = this as unknown as Sized;
      if (padding !== 'causal') return stock.call(this, shape as never);
      const [batch = null, length] = shape;
      return [batch, length == null ? null : Math.ceil(length / strides[0]!), filters];
    };
  },
  // Its declared shape lacks the batch axis.
  Resizing: () => {
    return function (this: Layer, shape: DeclaredShape) {
      const { height, width } = this as unknown as Sized;
      return [...shape.slice(0, -3), height, width, shape.at(-1)!];
    };
  },
  RandomWidth: () => {
    return function (this: Layer, shape: DeclaredShape) {
      return [...shape.slice(0, -2), null, shape.at(-1)!];
    };
  },
  // These change the array that they receive, which is the shape of the layer before.
  CategoryEncoding: onCopy,
  CenterCrop: onCopy,
  // It leaves an unknown size unknown, because the batch size is unknown.
  Reshape: (stock) => {
    return function (this: Layer, shape: DeclaredShape) {
      const { targetShape } = this as unknown as Sized;
      const given = shape.slice(1);
      if (given.includes(null)) return stock.call(this, shape as never);
      const product = (sides: DeclaredShape): number => sides.reduce<number>((all, side) => all * side!, 1);
      const known = product(targetShape.filter((side) => side !== null));
      const size = product(given);
      // A wrong size is refused when the layer is called.
      return [shape[0]!, ...targetShape.map((side) => side ?? Math.floor(size / known))];
    };
  },
};

function onCopy(stock: Declare): Declare {
  return function (this: Layer, shape: DeclaredShape) {
    return stock.call(this, [...shape] as never);
  };
}

interface LayerClass {
  computeOutputShape: Declare;
}

let holders = 0;
const stocks = new Map<LayerClass, Declare>();

/**
 * Makes the layers of models that are built meanwhile declare the shapes that they produce. It changes the classes in
 * tfjs-core's registry, whichever copy of tfjs-layers they come from.
 *
 * @returns a function that undoes it; calling it twice must be undone twice
 */
export function correctDeclaredShapes(): () => void {
  if (holders++ === 0) {
    for (const [name, correct] of Object.entries(corrections)) {
      const prototype = layerClass(name) as LayerClass | undefined;
      if (!prototype) continue;
      stocks.set(prototype, prototype.computeOutputShape);
      prototype.computeOutputShape = correct(prototype.computeOutputShape);
    }
  }
  let holding = true;
  return () => {
    if (!holding) return;
    holding = false;
    if (--holders > 0) return;
    for (const [prototype, stock] of stocks) prototype.computeOutputShape = stock;
    stocks.clear();
  };
}

/** The output shape that a layer produces for an input shape, if tfjs-layers declares another; else undefined. */
export function correctedShape(layer: Layer, shape: DeclaredShape): DeclaredShape | undefined {
  const undo = correctDeclaredShapes();
  try {
    const name = layer.getClassName();
    if (!(name in corrections)) return undefined;
    return layer.computeOutputShape([...shape]) as DeclaredShape;
  } finally {
    undo();
  }
}

/** Layers of the classes above, with the input and output shapes that they declared when the model was built. */
export function* declaredShapes(
  model: LayersModel,
): Generator<{ readonly layer: Layer; readonly given: DeclaredShape; readonly declared: DeclaredShape }> {
  for (const layer of model.layers) {
    if (!(layer.getClassName() in corrections)) continue;
    for (const { inputShapes, outputShapes } of layer.inboundNodes) {
      yield {
        layer,
        given: inputShapes[0] as DeclaredShape,
        declared: outputShapes[0] as DeclaredShape,
      };
    }
  }
}

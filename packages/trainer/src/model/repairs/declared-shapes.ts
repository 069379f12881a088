import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import { layerClass } from './layer-class.ts';

type Layer = layers.Layer;
export type DeclaredShape = (number | null)[];
type Declare = (this: Layer, shape: never) => DeclaredShape;

/** What the shapes below need of a layer. */
interface Sized {
  readonly height: number;
  readonly width: number;
  readonly padding: string;
  readonly filters: number;
  readonly strides: readonly number[];
  readonly targetShape: readonly (number | null)[];
}

/** Shapes that tfjs-layers declares otherwise than its layers give them, so that the layers behind are built wrongly. */
const corrections: Readonly<Record<string, (stock: Declare) => Declare>> = {
  // Leaves the padding out.
  Conv1D: (stock) => {
    return function (this: Layer, shape: DeclaredShape) {
      const { padding, filters, strides } = this as unknown as Sized;
      if (padding !== 'causal') return stock.call(this, shape as never);
      const [batch = null, length] = shape;
      return [batch, length == null ? null : Math.ceil(length / strides[0]!), filters];
    };
  },
  // Leaves the batch out.
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
  // Change the very shape that they are given, which is that of the layer before.
  CategoryEncoding: onCopy,
  CenterCrop: onCopy,
  // Leaves an unknown side unknown, because the batch is.
  Reshape: (stock) => {
    return function (this: Layer, shape: DeclaredShape) {
      const { targetShape } = this as unknown as Sized;
      const given = shape.slice(1);
      if (given.includes(null)) return stock.call(this, shape as never);
      const product = (sides: DeclaredShape): number => sides.reduce<number>((all, side) => all * side!, 1);
      const known = product(targetShape.filter((side) => side !== null));
      const size = product(given);
      // What does not fit is refused in the call.
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
 * Lets the layers of models that are built in the meantime declare the shapes that they give. The classes are those of
 * tfjs-core's register, whichever copy of tfjs-layers they come from.
 *
 * @returns how to undo it; what was done twice must be undone twice
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

/** The shape that a layer gives for one of this shape, where tfjs-layers declares another; undefined where it does not. */
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

/** Layers of the classes above, with what they were given and what was declared when the model was built. */
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

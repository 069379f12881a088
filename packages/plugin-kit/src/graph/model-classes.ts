import type { GraphLayer, GraphModel, GraphSymbol } from './symbolic-graph.ts';

interface ModelParts {
  readonly name: string;
  readonly inputs: readonly GraphSymbol[];
  readonly outputs: readonly GraphSymbol[];
}

type ModelClass = new (parts: ModelParts) => GraphModel;

const stock = ['Model', 'Functional', 'Sequential'];

const ownName = (prototype: object): string | undefined => {
  const { constructor } = prototype as { readonly constructor?: { readonly className?: string } };
  return constructor && Object.hasOwn(constructor, 'className') ? constructor.className : undefined;
};

/** The prototypes of a model: those of classes of its own, and those of tfjs-layers. Minifiers leave `className`. */
export function prototypesOf(model: GraphModel): {
  readonly own: readonly object[];
  readonly stock: readonly object[];
} {
  const all: object[] = [];
  for (
    let one = Object.getPrototypeOf(model) as object | null;
    one;
    one = Object.getPrototypeOf(one) as object | null
  )
    all.push(one);
  const first = all.findIndex((prototype) => stock.includes(ownName(prototype) ?? ''));
  const end = first === -1 ? all.length : first;
  return { own: all.slice(0, end), stock: all.slice(end) };
}

/** `LayersModel`, of the copy of tfjs-layers that made the model. So plugin-kit needs no copy itself. */
export function layersModelOf(model: GraphModel): ModelClass {
  const prototype = prototypesOf(model).stock.find((one) => ownName(one) === 'Model')!;
  return prototype.constructor as ModelClass;
}

/** An input layer like a given one. */
export function inputLike({ sourceLayer, shape, dtype }: GraphSymbol): GraphSymbol {
  const InputLayer = sourceLayer.constructor as new (parts: object) => GraphLayer;
  const layer = new InputLayer({ batchInputShape: [...shape], dtype, name: sourceLayer.name });
  return layer.inboundNodes[0]!.outputTensors[0]!;
}

import * as tfl from '@tensorflow/tfjs-layers';

type Layer = tfl.layers.Layer;

/** A layer as golden files and rows give it: an export of `tf.layers` and its options, which may hold other layers. */
export interface LayerSpec {
  readonly export: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const exports = tfl.layers as unknown as Readonly<Record<string, unknown>>;

export function buildLayer(spec: LayerSpec | (() => Layer)): Layer {
  if (typeof spec === 'function') return spec();
  const { export: name, options } = spec;
  const given = built(options);
  // Three exports are classes.
  return name === 'RNN' ? new tfl.RNN(given as never) : (exports[name] as (given: unknown) => Layer)(given);
}

function built(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(built);
  if (typeof value !== 'object' || value === null) return value;
  if ('export' in value) return buildLayer(value as LayerSpec);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, built(item)]));
}

/** The names of all exports in a specification. */
export function exportsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'export' in value ? [value.export as string] : [];
  return [...own, ...Object.values(value).flatMap(exportsIn)];
}

import { type Golden, loadGolden, type Nested } from '@cantrip/testing';
import type { LayerRow } from './layer-row.ts';

/** 20 steps of Keras's from the same weights. */
export interface GoldenRow extends LayerRow {
  /** How Keras differs by definition, where it does; then TensorFlow's ops stand for it. */
  readonly differs?: string;
  /** Of each layer that has weights. */
  readonly before: readonly (readonly Nested[])[];
  readonly after: readonly (readonly Nested[])[];
  readonly losses: readonly number[];
  readonly predicted: Nested;
}

export const goldenLayers: Golden<{
  readonly rate: number;
  readonly targets: readonly Nested[];
  /** By shape and kind. */
  readonly inputs: Readonly<Record<string, readonly Nested[]>>;
  readonly rows: Readonly<Record<string, GoldenRow>>;
}> = loadGolden(new URL('../golden/layers.json', import.meta.url));

export const inputsOf = ({ shape, kind }: LayerRow): readonly Nested[] =>
  goldenLayers.cases.inputs[`${shape.join('x')} ${kind}`]!;

import type { EvaluatedOutput } from '@cantrip/trainer';

/** One tensor of a batch, on the host or on the device. */
export type Given = EvaluatedOutput['targets'];

/** Values on the host, row after row. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** Whether they are whole bytes from 0 to 255, as pictures have them. */
  readonly areBytes: boolean;
  /** Whether they can be the indices of classes. */
  readonly areWhole: boolean;
}

/** Reads a tensor, wherever it is. */
export async function valuesOf(given: Given): Promise<Values> {
  if ('values' in given) {
    const { values, shape } = given;
    const areBytes = values instanceof Uint8Array;
    return { shape, values, areBytes, areWhole: areBytes || values instanceof Int32Array };
  }
  return {
    shape: given.shape,
    values: await given.data(),
    areBytes: false,
    areWhole: given.dtype === 'int32',
  };
}

/** The number of values in a row. */
export const rowSize = ({ shape }: Pick<Values, 'shape'>): number =>
  shape.slice(1).reduce((product, size) => product * size, 1);

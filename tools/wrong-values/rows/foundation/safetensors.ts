import { writeSafetensors } from '@cantrip/safetensors';
import { options, type Legal, type Rows } from '../../row.ts';
import { integer, nothing, optional, optionalOptions, type Rule } from '../../rules.ts';

const isMap: Rule = (value) => value instanceof Map;

const tensors = (): ReadonlyMap<string, unknown> =>
  new Map([['a', { dtype: 'U8', shape: [2], bytes: Uint8Array.of(1, 2) }]]);

const written: readonly Legal[] = [isMap, optional(isMap)];

/** Every export of the package. */
export const safetensorsRows: Rows = {
  readSafetensors: {
    right: () => [writeSafetensors(new Map()), { maxHeaderBytes: 100, maxTensors: 10, maxNameBytes: 10 }],
    legal: [
      nothing,
      options(
        {
          maxHeaderBytes: optional(integer({ min: 2 })),
          maxTensors: optional(integer({ min: 0 })),
          maxNameBytes: optional(integer({ min: 1 })),
        },
        optionalOptions,
      ),
    ],
  },
  safetensorsParts: { right: () => [tensors(), new Map()], legal: written },
  writeSafetensors: { right: () => [tensors(), new Map()], legal: written },
};

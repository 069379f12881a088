import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { LayerCall } from './layer-calls.ts';

export interface SummaryOptions {
  /** The number of examples in a pass. 1 by default, or the batch size that the model itself fixes. */
  readonly batchSize?: number | undefined;
  /**
   * The shape of one example, for a model that leaves a size open, such as the length of a text: `[100]`. By name for a model
   * with several inputs.
   */
  readonly inputShapes?: readonly number[] | Readonly<Record<string, readonly number[]>> | undefined;
  /** The FLOPs of one call of your own layers, by class name: `{ Attention: ({ inputs }) => … }`. */
  readonly flops?: Readonly<Record<string, (call: LayerCall) => number>> | undefined;
}

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const schema = v.strictObject({
  batchSize: v.optional(size),
  inputShapes: v.optional(v.union([v.array(size), v.record(v.string(), v.array(size))])),
  flops: v.optional(v.record(v.string(), v.function())),
});

export function readSummaryOptions(who: string, options: SummaryOptions): SummaryOptions {
  return parseOptions(who, schema, options) as SummaryOptions;
}

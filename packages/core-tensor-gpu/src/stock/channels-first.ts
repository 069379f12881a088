import { CantripError } from '@cantrip/errors';
import type { StockCall } from './stock-backend.ts';

/**
 * Refuses images with channels first. wasm has no convolution for them.
 *
 * @throws CantripError OPTION_INVALID
 */
export function refuseChannelsFirst(kernel: string, { attrs }: StockCall): void {
  const format = attrs['dataFormat'] as string | undefined;
  if (format === undefined || format === 'NHWC') return;
  throw new CantripError('OPTION_INVALID', {
    who: kernel,
    what: `has no dataFormat '${format}' on wasm, which needs channels last`,
    fix: "Move the channels to the last axis with tf.transpose, or open the device 'tensorflow'",
  });
}

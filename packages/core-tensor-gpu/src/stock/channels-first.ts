import { CantripError } from '@cantrip/errors';
import type { StockCall } from './stock-backend.ts';

/**
 * Refuses images with channels first, which wasm has no convolution for.
 *
 * @throws CantripError OPTION_INVALID
 */
export function refuseChannelsFirst(kernel: string, { attrs }: StockCall): void {
  const format = attrs['dataFormat'] as string | undefined;
  if (format === undefined || format === 'NHWC') return;
  throw new CantripError('OPTION_INVALID', {
    who: kernel,
    what: `has no dataFormat '${format}' on wasm, which takes channels last`,
    fix: "Put the channels last by tf.transpose, or take the device 'tensorflow'",
  });
}

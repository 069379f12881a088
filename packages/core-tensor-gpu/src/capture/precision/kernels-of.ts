import { dataTypes } from '../../native/api/dtype.ts';
import type { EagerBinding } from '../../native/eager/eager-binding.ts';
import { hasKernelFor } from '../../native/library/registered-kernels.ts';

/** Says which ops the device of a binding computes in bfloat16. */
export function kernelsOf({ isUsingGpuDevice, library }: EagerBinding): (op: string) => boolean {
  const device = isUsingGpuDevice() ? 'GPU' : 'CPU';
  return (op) => hasKernelFor(library, op, { device, dtype: dataTypes.TF_BFLOAT16 });
}

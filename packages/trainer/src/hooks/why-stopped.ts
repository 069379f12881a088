import { kernelOf } from '@cantrip/ops';
import { isCantripError } from '@cantrip/errors';
import { placeOf } from './current-hook.ts';

/**
 * Why a step can't be recorded, in one sentence: by plugin and hook or by layer, and by op. A raw error says none of
 * these itself.
 */
export function whyStopped(error: Error): string {
  if (isCantripError(error)) return `${error.message}${inKernel(error.cause)}`;
  const { who, within } = placeOf(error) ?? {};
  const where = within === undefined ? '' : `[${who}] in ${within}, `;
  return `${where}${error.message || error.name}${inKernel(error)}`;
}

function inKernel(cause: unknown): string {
  const kernel = isCantripError(cause) ? undefined : kernelOf(cause);
  return kernel === undefined ? '' : ` (in the kernel ${kernel})`;
}

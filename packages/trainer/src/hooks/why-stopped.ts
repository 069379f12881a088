import { kernelOf } from '@cantrip/ops';
import { isCantripError } from '@cantrip/errors';
import { placeOf } from './current-hook.ts';

/**
 * Says in one sentence why a step can't be recorded: the plugin and hook or the layer, and the op. A raw error says
 * none of these.
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

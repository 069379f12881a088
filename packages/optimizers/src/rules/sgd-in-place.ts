import { descendInPlace, descendWithMomentumInPlace } from '@cantrip/ops';
import { addWeightDecay } from './add-weight-decay.ts';
import type { SgdUpdateOptions } from './sgd-update.ts';
import type { UpdatePart } from './update-rule.ts';

/** Computes `sgdUpdate` in the memory of parameter and momentum. TensorFlow has no op for dampening. */
export function sgdInPlace({
  variable,
  gradient,
  slots,
  options,
}: Omit<UpdatePart, 'options'> & { readonly options: SgdUpdateOptions }): boolean {
  const { weightDecay = 0, momentum = 0, dampening = 0, nesterov = false, ...descent } = options;
  if (dampening !== 0) return false;
  const decayed = addWeightDecay(gradient, variable, weightDecay);
  if (slots['momentum'] === undefined || momentum === 0) return descendInPlace(variable, decayed, descent);
  return descendWithMomentumInPlace(variable, slots['momentum'], decayed, { ...descent, momentum, nesterov });
}

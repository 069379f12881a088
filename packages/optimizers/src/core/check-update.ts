import { util, type Tensor } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { Update } from './optimizer.ts';

/** Checks that each variable has a gradient of the same name and shape, and each gradient a variable. */
export function checkUpdate(who: string, { variables, gradients }: Update): void {
  for (const [name, variable] of Object.entries(variables)) {
    const gradient = gradients[name];
    if (!gradient) throw mismatch(who, `${name} has no gradient`);
    if (!util.arraysEqual(gradient.shape, variable.shape)) throw shapeMismatch(who, name, gradient, variable);
  }
  const stray = Object.keys(gradients).find((name) => !Object.hasOwn(variables, name));
  if (stray !== undefined)
    throw mismatch(who, `there is a gradient for ${stray}, which is not one of the variables to update`);
}

function mismatch(who: string, what: string): CantripError {
  return new CantripError('GRADIENT_MISMATCH', {
    who,
    what,
    fix: 'Pass exactly one gradient for each variable, with the same name',
  });
}

function shapeMismatch(who: string, name: string, gradient: Tensor, variable: Tensor): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who,
    what: `the gradient of ${name} must have shape [${variable.shape.join(',')}], got [${gradient.shape.join(',')}]`,
    fix: 'Pass a gradient of the same shape as the variable',
  });
}

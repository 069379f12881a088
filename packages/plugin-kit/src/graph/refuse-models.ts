import { CantripError } from '@cantrip/errors';
import { prototypesOf } from './model-classes.ts';
import type { GraphModel } from './symbolic-graph.ts';

/** An error for a model that cannot be rebuilt. */
export const refuse = (who: string, what: string, cause?: unknown): CantripError =>
  new CantripError('MODEL_NOT_REBUILT', {
    who,
    what: `cannot rebuild the model: ${what.replace(/\.$/, '')}`,
    fix: 'Build the model with these layers yourself, or choose other layers',
    ...(cause === undefined ? {} : { cause }),
  });

/** A class of its own may compute something else than its graph. */
export function requireRebuildable(who: string, model: GraphModel): void {
  const own = [model, ...prototypesOf(model).own];
  const method = ['call', 'apply'].find((name) => own.some((object) => Object.hasOwn(object, name)));
  if (method === undefined) return;
  throw refuse(who, `${model.name} has a ${method} of its own, so its graph does not say what it computes`);
}

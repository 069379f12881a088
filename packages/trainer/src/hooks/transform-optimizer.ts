import { CantripError, describe } from '@cantrip/errors';
import type { StepCode } from '@cantrip/core-tensor-gpu';
import type { RunningOptimizer } from '@cantrip/optimizers';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { OptimizerContext } from '../contract/contexts.ts';
import { inStep } from './call-hooks.ts';
import { callOnce } from './call-once.ts';
import { outsideHooks } from './current-hook.ts';
import { idOf } from '../contract/plugin-id.ts';
import { refusePromise } from '../checks/refuse-promise.ts';

const hook = 'transformOptimizer';
const methods = ['apply', 'slots', 'restore', 'dispose'] as const;

/**
 * Calls a plugin's `transformOptimizer`. Errors of the returned `apply` name the plugin, and it must not read values.
 * The trainer still owns the wrapped optimizer.
 *
 * @param codes - receives what runs in the step
 * @throws CantripError HOOK_ASYNC, HOOK_FAILED, HOOK_RESULT
 */
export function transformOptimizer(
  plugin: AnyPlugin,
  inner: RunningOptimizer,
  context: OptimizerContext,
  codes: StepCode[],
): RunningOptimizer {
  if (!plugin.transformOptimizer) return inner;
  type Apply = RunningOptimizer['apply'];
  const leaving =
    (apply: Apply): Apply =>
    (update) =>
      outsideHooks(() => apply(update));
  const entering = (apply: Apply): Apply => {
    // The recorder looks for values in its closure that change.
    codes.push({ place: { who: idOf(plugin), within: hook }, code: apply });
    return (update) =>
      inStep(plugin, hook, () => refusePromise(idOf(plugin), `apply of ${hook}`, apply(update)));
  };
  const { wrapUpdate } = inner;
  const within: RunningOptimizer = {
    ...inner,
    apply: leaving(inner.apply),
    ...(wrapUpdate && {
      wrapUpdate: (wrap) => wrapUpdate((apply) => entering(wrap(leaving(apply)))),
    }),
  };
  const outer = callOnce(plugin, hook, () => plugin.transformOptimizer!(within, context));
  if (outer === within) return inner;
  checkOptimizer(plugin, outer);
  return { ...outer, ...(wrapUpdate && { wrapUpdate }), apply: entering(outer.apply) };
}

function checkOptimizer(plugin: AnyPlugin, optimizer: unknown): void {
  const given = (typeof optimizer === 'object' && optimizer !== null ? optimizer : {}) as Record<
    string,
    unknown
  >;
  const missing = methods.filter((method) => typeof given[method] !== 'function');
  if (missing.length === 0) return;
  throw new CantripError('HOOK_RESULT', {
    who: idOf(plugin),
    what: `${hook} must return an optimizer with ${methods.join(', ')}, got ${describe(optimizer)} without ${missing.join(', ')}`,
    fix: 'Return { ...optimizer, apply(update) { … } }',
  });
}

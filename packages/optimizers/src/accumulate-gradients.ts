import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { checkUpdate } from './check-update.ts';
import type { NamedTensors } from './named.ts';
import type { Optimizer, RunningOptimizer, Update } from './optimizer.ts';
import { requireOptimizer } from './require-optimizer.ts';
import { createSlotStore } from './slot-store.ts';

export interface AccumulateGradientsOptions {
  /** How many steps make one update; an integer of at least 1. */
  readonly steps: number;
}

const schema = v.strictObject({ steps: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });

/**
 * Updates once every `steps` steps, with the mean of their gradients: a batch `steps` times as large, in the memory
 * of a small one.
 *
 * Steps `steps - 1`, `2 * steps - 1`, … have the phase `update`, all others `accumulate`, in which only the slot
 * `accumulated` changes. A parameter that joins late counts as having had gradients of zero. What was accumulated for
 * parameters that are missing at the update is dropped.
 *
 * @throws CantripError OPTION_INVALID, also around an optimizer that accumulates already
 * @example
 * ```ts
 * const optimizer = accumulateGradients(sgd({ momentum: 0.9 }), { steps: 4 });
 * [0, 1, 2, 3].map(optimizer.phase); // ['accumulate', 'accumulate', 'accumulate', 'update']
 * ```
 */
export function accumulateGradients(optimizer: Optimizer, options: AccumulateGradientsOptions): Optimizer {
  const who = 'accumulateGradients';
  requireOptimizer(who, optimizer);
  const { steps } = parseOptions(who, schema, options);
  if (optimizer.phase) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `${optimizer.name} accumulates already`,
      fix: 'Accumulate once, with the product of the steps',
    });
  }
  const name = `${who}(${optimizer.name})`;
  return {
    name,
    learningRate: optimizer.learningRate,
    ...(optimizer.scalars && { scalars: optimizer.scalars }),
    phase: (step) => ((step + 1) % steps === 0 ? 'update' : 'accumulate'),
    start: (...parameters) => startAccumulating(name, optimizer.start(...parameters), steps),
  };
}

function startAccumulating(who: string, inner: RunningOptimizer, steps: number): RunningOptimizer {
  const store = createSlotStore(who, { accumulated: 'parameter' });

  function sum(update: Update, name: string, variable: Variable): Tensor {
    return tf.add(store.of(name, variable).accumulated as Tensor, update.gradients[name] as Tensor);
  }

  function accumulate(update: Update): void {
    for (const [name, variable] of Object.entries(update.variables)) {
      const next = sum(update, name, variable);
      store.of(name, variable).accumulated?.assign(next);
    }
  }

  function updateWithMean(update: Update): void {
    const means = Object.entries(update.variables).map(
      ([name, variable]) => [name, tf.mul(sum(update, name, variable), 1 / steps)] as const,
    );
    inner.apply({ ...update, gradients: Object.fromEntries(means) });
    for (const slot of Object.values(store.all())) slot.assign(tf.zerosLike(slot));
  }

  return {
    apply: (update) => {
      checkUpdate(who, update);
      tf.tidy(() => (update.phase === 'accumulate' ? accumulate(update) : updateWithMean(update)));
    },
    slots: () => ({ ...inner.slots(), ...store.all() }),
    restore: (values) => {
      const accumulated = pick(values, isAccumulated);
      store.check(accumulated);
      inner.restore(pick(values, (name) => !isAccumulated(name)));
      store.restore(accumulated);
    },
    dispose: () => {
      store.dispose();
      inner.dispose();
    },
  };
}

function isAccumulated(name: string): boolean {
  return name.endsWith('/accumulated');
}

function pick(values: NamedTensors, wanted: (name: string) => boolean): NamedTensors {
  return Object.fromEntries(Object.entries(values).filter(([name]) => wanted(name)));
}

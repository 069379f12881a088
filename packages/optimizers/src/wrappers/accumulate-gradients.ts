import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { checkUpdate } from '../core/check-update.ts';
import type { NamedTensors } from '../core/named.ts';
import type { Optimizer, RunningOptimizer, Update } from '../core/optimizer.ts';
import { requireOptimizer } from '../core/require-optimizer.ts';
import { createSlotStore } from '../rule-optimizer/slot-store.ts';

export interface AccumulateGradientsOptions {
  /** The number of batches in one step; a step is one update. An integer >= 1. */
  readonly steps: number;
}

const schema = v.strictObject({ steps: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });

/**
 * Updates once every `steps` batches, with the mean of their gradients. This is like a batch `steps` times as large,
 * with the memory of a small one.
 *
 * `mean = sum_b weight_b * gradient_b / sum_b weight_b`, where `weight_b` is the number that the loss of batch b was
 * divided by. So batches of 4 and 1 examples give the same result as one batch of the five.
 *
 * The last step of an epoch uses the remaining batches. Until the update, only the slots `accumulated` and
 * `step/accumulatedWeight` change. A parameter that joins late counts with gradients of zero for the earlier batches.
 * If a parameter is missing at the update, its accumulated gradient is dropped.
 *
 * @throws CantripError OPTION_INVALID, also if the optimizer already accumulates
 * @example
 * ```ts
 * accumulateGradients(sgd({ momentum: 0.9 }), { steps: 4 }).batchesPerStep; // 4
 * ```
 */
export function accumulateGradients(optimizer: Optimizer, options: AccumulateGradientsOptions): Optimizer {
  const who = 'accumulateGradients';
  requireOptimizer(who, optimizer);
  const { steps } = parseOptions(who, schema, options);
  if (optimizer.batchesPerStep !== undefined) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `needs an optimizer that does not accumulate yet, got ${optimizer.name}`,
      fix: 'Accumulate only once, with the product of the two steps',
    });
  }
  const name = `${who}(${optimizer.name})`;
  return {
    name,
    learningRate: optimizer.learningRate,
    ...(optimizer.scalars && { scalars: optimizer.scalars }),
    batchesPerStep: steps,
    ...(optimizer.keeps && { keeps: [...optimizer.keeps, 'accumulated', 'accumulatedWeight'] }),
    ...(optimizer.settings && { settings: optimizer.settings }),
    start: (...parameters) => startAccumulating(name, optimizer.start(...parameters), steps),
  };
}

/** The name under which a slot of the whole step is kept, instead of a parameter's name. */
const wholeStep = 'step';

function startAccumulating(who: string, inner: RunningOptimizer, steps: number): RunningOptimizer {
  const store = createSlotStore(who, { accumulated: 'parameter' });
  const weights = createSlotStore(who, { accumulatedWeight: 'scalar' });
  let applyMean: RunningOptimizer['apply'] = (update) => inner.apply(update);

  function weightSlot(update: Update): Variable {
    const any = Object.values(update.variables)[0]!;
    return weights.of(wholeStep, any).accumulatedWeight!;
  }

  function sum({ gradients, weight }: Update, name: string, variable: Variable): Tensor {
    const gradient = gradients[name] as Tensor;
    const weighed = weight ? tf.mul(gradient, weight) : gradient;
    return tf.add(store.of(name, variable).accumulated as Tensor, weighed);
  }

  const totalWeight = (update: Update): Tensor => tf.add(weightSlot(update), update.weight ?? 1);

  function accumulate(update: Update): void {
    if (Object.keys(update.variables).length === 0) return;
    const total = totalWeight(update);
    for (const [name, variable] of Object.entries(update.variables)) {
      const next = sum(update, name, variable);
      store.of(name, variable).accumulated?.assign(next);
    }
    weightSlot(update).assign(total as Scalar);
  }

  function updateWithMean(update: Update): void {
    if (Object.keys(update.variables).length === 0) return applyMean(update);
    const total = totalWeight(update);
    // If nothing counts, nothing changes.
    const means = Object.entries(update.variables).map(
      ([name, variable]) => [name, tf.divNoNan(sum(update, name, variable), total)] as const,
    );
    applyMean({ ...update, gradients: Object.fromEntries(means), weight: total as Scalar });
    clear();
  }

  function clear(): void {
    for (const slot of Object.values({ ...store.all(), ...weights.all() })) slot.assign(tf.zerosLike(slot));
  }

  function apply(update: Update): void {
    if (update.phase === 'accumulate') accumulate(update);
    else if (steps === 1) applyMean(update);
    else updateWithMean(update);
  }

  return {
    apply: (update) => {
      checkUpdate(who, update);
      tf.tidy(() => apply(update));
    },
    wrapUpdate: (wrap) => void (applyMean = wrap(applyMean)),
    slots: () => ({ ...inner.slots(), ...store.all(), ...weights.all() }),
    restore: (values, variables) => {
      const accumulated = pick(values, isAccumulated);
      const weight = pick(values, isWeight);
      store.check(accumulated, variables);
      weights.check(weight);
      const others = pick(values, (name) => !isAccumulated(name) && !isWeight(name));
      tf.tidy(() =>
        store.restoreAnd(accumulated, () =>
          weights.restoreAnd(weight, () => inner.restore(others, variables)),
        ),
      );
    },
    dispose: () => {
      store.dispose();
      weights.dispose();
      inner.dispose();
    },
  };
}

function isAccumulated(name: string): boolean {
  return name.endsWith('/accumulated');
}

function isWeight(name: string): boolean {
  return name === `${wholeStep}/accumulatedWeight`;
}

function pick(values: NamedTensors, wanted: (name: string) => boolean): NamedTensors {
  return Object.fromEntries(Object.entries(values).filter(([name]) => wanted(name)));
}

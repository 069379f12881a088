import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { NamedTensors, NamedVariables } from '../core/named.ts';
import type { SlotShape } from '../rules/update-rule.ts';

/** The slots of one training, by parameter name. */
export interface SlotStore {
  /** Returns a parameter's slots by their own names. Missing slots are created with zeros. */
  of(parameter: string, variable: Variable): NamedVariables;
  /** Returns all slots, named `parameter/slot`. */
  all(): NamedVariables;
  /** Throws STATE_MISMATCH if {@link restore} would throw it. */
  check(values: NamedTensors, variables?: NamedVariables): void;
  /** Sets the slots to exactly these values. If it fails, nothing changes. */
  restore(values: NamedTensors, variables?: NamedVariables): void;
  /**
   * Does the same as {@link restore} with checked values, then calls `then`. If `then` fails, the slots get their old
   * values back.
   */
  restoreAnd(values: NamedTensors, then: () => void): void;
  dispose(): void;
}

/** Creates an empty store for slots of these names. */
export function createSlotStore(who: string, shapes: Readonly<Record<string, SlotShape>>): SlotStore {
  const stored = new Map<string, Variable>();
  const slotNames = Object.keys(shapes);

  function slotOf(parameter: string, variable: Variable, slot: string): Variable {
    const name = `${parameter}/${slot}`;
    const shape = shapes[slot] === 'scalar' ? [] : variable.shape;
    const existing = stored.get(name) ?? tf.tidy(() => tf.variable(tf.zeros(shape), false));
    if (!tf.util.arraysEqual(existing.shape, shape)) throw shapeMismatch(who, name, existing.shape, shape);
    stored.set(name, existing);
    return existing;
  }

  /** Assigns a value and returns a function that undoes it. */
  function put(name: string, value: tf.Tensor): () => void {
    const existing = stored.get(name);
    if (!existing) {
      stored.set(name, tf.variable(value, false));
      return () => remove(name);
    }
    // A variable that is assigned to itself would lose its value.
    if (existing === value) return () => undefined;
    const before = tf.clone(existing);
    existing.assign(value);
    return () => existing.assign(before);
  }

  function restoreAnd(values: NamedTensors, then: () => void): void {
    const undo: (() => void)[] = [];
    tf.tidy(() => {
      try {
        for (const [name, value] of Object.entries(values)) undo.push(put(name, value));
        then();
      } catch (error) {
        for (const putBack of undo.reverse()) putBack();
        throw error;
      }
    });
    for (const name of [...stored.keys()]) if (!Object.hasOwn(values, name)) remove(name);
  }

  function remove(name: string): void {
    stored.get(name)?.dispose();
    stored.delete(name);
  }

  function check(values: NamedTensors, variables?: NamedVariables): void {
    checkValues(who, shapes, values, stored);
    if (variables) checkParameters(who, shapes, values, variables);
  }

  return {
    check,
    of: (parameter, variable) =>
      Object.fromEntries(slotNames.map((slot) => [slot, slotOf(parameter, variable, slot)])),
    all: () => Object.fromEntries(stored),
    restore: (values, variables) => {
      check(values, variables);
      restoreAnd(values, () => undefined);
    },
    restoreAnd,
    dispose: () => [...stored.keys()].forEach(remove),
  };
}

function checkValues(
  who: string,
  shapes: Readonly<Record<string, SlotShape>>,
  values: NamedTensors,
  stored: ReadonlyMap<string, Variable>,
): void {
  for (const [name, value] of Object.entries(values)) {
    const at = name.lastIndexOf('/');
    const shape = shapes[name.slice(at + 1)];
    if (at < 1 || shape === undefined) throw foreignSlot(who, name, Object.keys(shapes));
    const missing = Object.keys(shapes).find((slot) => !(`${name.slice(0, at)}/${slot}` in values));
    if (missing !== undefined) throw missingSlot(who, name, `${name.slice(0, at)}/${missing}`);
    const expected = stored.get(name)?.shape ?? (shape === 'scalar' ? [] : value.shape);
    if (!tf.util.arraysEqual(value.shape, expected)) throw shapeMismatch(who, name, value.shape, expected);
  }
}

/** Finds wrong slots that would otherwise be noticed only at the first update. */
function checkParameters(
  who: string,
  shapes: Readonly<Record<string, SlotShape>>,
  values: NamedTensors,
  variables: NamedVariables,
): void {
  for (const [name, value] of Object.entries(values)) {
    const at = name.lastIndexOf('/');
    const variable = variables[name.slice(0, at)];
    if (!variable) throw strayParameter(who, name);
    const expected = shapes[name.slice(at + 1)] === 'scalar' ? [] : variable.shape;
    if (!tf.util.arraysEqual(value.shape, expected)) throw shapeMismatch(who, name, value.shape, expected);
    if (value.dtype !== 'float32') throw notFloat(who, name, value.dtype);
  }
}

function strayParameter(who: string, name: string): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who,
    what: `received the slot ${name}, but this training does not have its parameter`,
    fix: 'Restore the slots of a training of the same model',
  });
}

function notFloat(who: string, name: string, dtype: string): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who,
    what: `received the slot ${name} as ${dtype}, but it must be float32`,
    fix: 'Restore the slots of a training of the same model',
  });
}

function shapeMismatch(
  who: string,
  name: string,
  shape: readonly number[],
  expected: readonly number[],
): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who,
    what: `the slot ${name} must have shape [${expected.join(',')}], got [${shape.join(',')}]`,
    fix: 'Restore the slots of a training of the same model',
  });
}

function foreignSlot(who: string, name: string, slots: readonly string[]): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who,
    what: `has no slot for ${name}`,
    fix: `Restore the slots of the same optimizer, with the same options: each parameter has ${slots.join(', ') || 'none'}`,
  });
}

function missingSlot(who: string, name: string, missing: string): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who,
    what: `received the slot ${name} without ${missing}`,
    fix: 'Restore all slots of a parameter, or none',
  });
}

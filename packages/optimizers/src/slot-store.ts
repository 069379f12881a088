import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { NamedTensors, NamedVariables } from './named.ts';
import type { SlotShape } from './rules/update-rule.ts';

/** The slots of one training, by the name of the parameter that they belong to. */
export interface SlotStore {
  /** A parameter's slots by their own names; made of zeros where the parameter has none yet. */
  of(parameter: string, variable: Variable): NamedVariables;
  /** All of them, named `parameter/slot`. */
  all(): NamedVariables;
  /** Throws STATE_MISMATCH if {@link restore} would. */
  check(values: NamedTensors): void;
  /** Takes over these values and no others; throws before anything has changed. */
  restore(values: NamedTensors): void;
  dispose(): void;
}

/** Makes an empty store for slots of these names. */
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

  function put(name: string, value: tf.Tensor): void {
    const existing = stored.get(name);
    // A variable that is assigned to itself would lose its value.
    if (existing && existing !== value) existing.assign(value);
    if (!existing) stored.set(name, tf.variable(value, false));
  }

  function remove(name: string): void {
    stored.get(name)?.dispose();
    stored.delete(name);
  }

  function check(values: NamedTensors): void {
    checkValues(who, shapes, values, stored);
  }

  return {
    check,
    of: (parameter, variable) =>
      Object.fromEntries(slotNames.map((slot) => [slot, slotOf(parameter, variable, slot)])),
    all: () => Object.fromEntries(stored),
    restore: (values) => {
      check(values);
      for (const name of [...stored.keys()]) if (!(name in values)) remove(name);
      for (const [name, value] of Object.entries(values)) put(name, value);
    },
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

function shapeMismatch(
  who: string,
  name: string,
  shape: readonly number[],
  expected: readonly number[],
): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who,
    what: `the slot ${name} has shape [${shape.join(',')}] where [${expected.join(',')}] is needed`,
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
    what: `was given the slot ${name} without ${missing}`,
    fix: 'Restore all slots of a parameter, or none',
  });
}

import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors, NamedVariables } from '../core/named.ts';
import type { Updated, UpdateOptions, UpdatePart, UpdateRule } from '../rules/update-rule.ts';

/** Up to this many elements, copying into one vector and back costs less than separate ops. */
const smallSize = 4096;

/** Whether a parameter is a small vector. A matrix would need as many ops to become a vector and back. */
function isSmall({ variable }: UpdatePart): boolean {
  return variable.rank === 1 && variable.size <= smallSize;
}

/**
 * Applies a rule to every parameter: in place if the device can, else by assigning the results.
 *
 * A network has many short vectors (biases, gamma, beta). For these, starting an op costs more than computing it. If
 * the rule is elementwise, vectors with the same options are updated as one vector.
 */
export function updateAll(rule: UpdateRule, parts: readonly UpdatePart[]): void {
  const rest = parts.filter((part) => !rule.changeInPlace?.(part));
  for (const pack of packs(rule, rest)) {
    const updated = pack.length === 1 ? [updateOne(rule, pack[0]!)] : updatePacked(rule, pack);
    pack.forEach((part, index) => assign(part, updated[index]!));
  }
}

function packs(rule: UpdateRule, parts: readonly UpdatePart[]): readonly (readonly UpdatePart[])[] {
  const small = new Map<UpdateOptions, UpdatePart[]>();
  const alone: UpdatePart[][] = [];
  for (const part of parts) {
    if (!rule.elementwise || !isSmall(part)) alone.push([part]);
    else small.set(part.options, [...(small.get(part.options) ?? []), part]);
  }
  return [...alone, ...small.values()];
}

function updateOne(rule: UpdateRule, { variable, gradient, slots, options }: UpdatePart): Updated {
  return rule.update(variable, gradient, slots, options);
}

function updatePacked(rule: UpdateRule, pack: readonly UpdatePart[]): Updated[] {
  const names = Object.keys(rule.slots);
  const sizes = pack.map(({ variable }) => variable.size);
  const slots = Object.fromEntries(
    names.map((name) => {
      const values = pack.map((part) => part.slots[name]!);
      return [name, rule.slots[name] === 'scalar' ? spread(values, sizes) : tf.concat(values)] as const;
    }),
  );
  const updated = rule.update(
    tf.concat(pack.map(({ variable }) => variable)),
    tf.concat(pack.map(({ gradient }) => gradient)),
    slots,
    pack[0]!.options,
  );
  const parameters = tf.split(updated.parameter, sizes);
  const newSlots = Object.entries(updated.slots).map(([name, value]) => {
    return [
      name,
      rule.slots[name] === 'scalar' ? gatherFirst(value, sizes) : tf.split(value, sizes),
    ] as const;
  });
  return pack.map((_, index) => ({
    parameter: parameters[index]!,
    slots: Object.fromEntries(newSlots.map(([name, values]) => [name, values[index]!])),
  }));
}

/** Repeats each number once for each element of its parameter. */
function spread(numbers: readonly Tensor[], sizes: readonly number[]): Tensor {
  const owners = Int32Array.from(sizes.flatMap((size, index) => new Array<number>(size).fill(index)));
  return tf.gather(tf.stack([...numbers]), tf.tensor1d(owners, 'int32'));
}

/** Takes the number at each parameter's first element. All its elements have the same number. */
function gatherFirst(vector: Tensor, sizes: readonly number[]): Tensor[] {
  let offset = 0;
  const firsts = sizes.map((size) => (offset += size) - size);
  return tf.unstack(tf.gather(vector, tf.tensor1d(firsts, 'int32')));
}

function assign({ variable, slots }: UpdatePart, updated: Updated): void {
  variable.assign(updated.parameter);
  assignAll(slots, updated.slots);
}

function assignAll(slots: NamedVariables, values: NamedTensors): void {
  for (const [slot, value] of Object.entries(values)) slots[slot]!.assign(value);
}

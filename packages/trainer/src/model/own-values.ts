import type { OwnValues, Place } from '@cantrip/core-tensor-gpu';

/** The numbers, texts and truth values that stand on an object itself: what code such as `this.calls++` changes. */
export function ownValues(holder: object, place: Place): OwnValues {
  const plain = Object.entries(holder).filter(
    ([, value]) => typeof value !== 'object' && typeof value !== 'function',
  );
  return { place, values: plain.map(([name, value]) => `${name} ${String(value)}`).join() };
}

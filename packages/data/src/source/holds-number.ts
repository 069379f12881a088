import type { HostTensor } from '@cantrip/ops';

/**
 * Whether an array of this type can hold a number, except for the rounding of float32. An array of bytes turns 256
 * into 0.
 */
export function holdsNumber(values: HostTensor['values'], value: number): boolean {
  if (values instanceof Float32Array) return Number.isFinite(Math.fround(value));
  const [least, most] = values instanceof Uint8Array ? [0, 255] : [-(2 ** 31), 2 ** 31 - 1];
  return Number.isInteger(value) && value >= least && value <= most;
}

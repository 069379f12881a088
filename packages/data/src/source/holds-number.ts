import type { HostTensor } from '@cantrip/ops';

/** Whether an array of this type keeps a number as it is, but for float32's rounding: bytes take 256 as 0. */
export function holdsNumber(values: HostTensor['values'], value: number): boolean {
  if (values instanceof Float32Array) return Number.isFinite(Math.fround(value));
  const [least, most] = values instanceof Uint8Array ? [0, 255] : [-(2 ** 31), 2 ** 31 - 1];
  return Number.isInteger(value) && value >= least && value <= most;
}

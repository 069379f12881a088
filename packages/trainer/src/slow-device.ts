import type { DeviceDescription } from '@cantrip/core-tensor-gpu';

/** Says once that `auto` found no TensorFlow, why, and which command brings it: training there takes many times as long. */
export function tellSlowDevice(
  { name, passedOver }: DeviceDescription,
  log: (message: string) => void,
): void {
  if (name !== 'wasm' && name !== 'cpu') return;
  const better = passedOver.find((device) => device.name === 'tensorflow') ?? passedOver[0];
  if (!better) return;
  const mend = better.fix === undefined ? '' : ` Run \`${better.fix}\` for a faster one.`;
  log(`[trainer] trains on ${name}, because ${better.name} cannot be opened: ${better.reason}.${mend}`);
}

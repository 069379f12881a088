import type { DeviceDescription } from '@cantrip/ops';

type Log = (message: string) => void;

const told = new WeakMap<Log, Set<string>>();

/**
 * Logs that `auto` did not find TensorFlow, why, and how to install it. Training without TensorFlow takes many times
 * as long. Each log function gets the message once, however many trainers share it.
 */
export function tellSlowDevice({ name, passedOver }: DeviceDescription, log: Log): void {
  if (name !== 'wasm' && name !== 'cpu') return;
  const better = passedOver.find((device) => device.name === 'tensorflow') ?? passedOver[0];
  if (!better) return;
  const mend = better.fix === undefined ? '' : ` Run \`${better.fix}\` to train faster.`;
  const line = `[trainer] trains on ${name}, because ${better.name} cannot be opened: ${better.reason}.${mend}`;
  const lines = told.get(log) ?? new Set();
  if (lines.has(line)) return;
  told.set(log, lines.add(line));
  log(line);
}

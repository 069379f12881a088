import type { DeviceDescription } from '@cantrip/ops';

type Log = (message: string) => void;

const told = new WeakMap<Log, Set<string>>();

/**
 * Says that `auto` found no TensorFlow, why, and which command brings it: training there takes many times as long. Each log
 * is told once, however many trainers share it.
 */
export function tellSlowDevice({ name, passedOver }: DeviceDescription, log: Log): void {
  if (name !== 'wasm' && name !== 'cpu') return;
  const better = passedOver.find((device) => device.name === 'tensorflow') ?? passedOver[0];
  if (!better) return;
  const mend = better.fix === undefined ? '' : ` Run \`${better.fix}\` for a faster one.`;
  const line = `[trainer] trains on ${name}, because ${better.name} cannot be opened: ${better.reason}.${mend}`;
  const lines = told.get(log) ?? new Set();
  if (lines.has(line)) return;
  told.set(log, lines.add(line));
  log(line);
}

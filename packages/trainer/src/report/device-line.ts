import type { DeviceDescription } from '@cantrip/ops';
import type { Precision } from '../device/precision.ts';

type Described = DeviceDescription & { readonly precision?: Precision };

type Log = (message: string) => void;

const told = new WeakMap<Log, Set<string>>();

/**
 * Logs on which device the run is, why not on a better one, and how to get that. Each log function gets the line once,
 * however many trainers share it.
 */
export function tellDevice(description: Described, log: Log): void {
  const line = `[trainer] ${deviceLine(description)}`;
  const lines = told.get(log) ?? new Set();
  if (lines.has(line)) return;
  told.set(log, lines.add(line));
  log(line);
}

/** The device in one line. A device that a user made may say less about itself than its type promises. */
export function deviceLine({ name, passedOver, precision, ...facts }: Partial<Described>): string {
  const said = inBrackets(name, facts) + (precision === 'bfloat16' ? ' in bfloat16' : '');
  // The best one that a command can make available, or else the best one.
  const better = passedOver?.find(({ fix }) => fix !== undefined) ?? passedOver?.[0];
  if (!better) return `trains on ${name}${said}.`;
  const fix = better.fix === undefined ? '' : ` Run \`${better.fix}\` to train faster.`;
  return `trains on ${name}${said}, not on ${better.name}: ${better.reason}.${fix}`;
}

function inBrackets(
  name: string | undefined,
  { version, hardware, threads }: Partial<DeviceDescription>,
): string {
  const processor =
    threads && hardware ? `${threads} ${threads === 1 ? 'thread' : 'threads'} of ${hardware}` : hardware;
  // A backend of TensorFlow.js does not know its hardware, and the threads of a GPU are not those of the processor.
  const place = hardware?.startsWith('the backend ') ? undefined : name === 'cuda' ? hardware : processor;
  const known = [version, place].filter(Boolean);
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

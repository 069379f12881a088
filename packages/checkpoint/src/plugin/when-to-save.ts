import { exactSteps, isDue, type Length, lengthCheck } from '@cantrip/plugin-kit';
import type { SettledContext } from '@cantrip/trainer';
import * as v from 'valibot';

/** How often to save: steps, epochs, a share of the run, or a time. */
export type Every = Length | `${number}` | `${number}s` | `${number}min` | `${number}h`;

const milliseconds = { s: 1000, min: 60_000, h: 3_600_000 } as const;

const time = /^(\d+(?:\.\d+)?)(s|min|h)$/;

/** A text of digits alone counts steps, as a number does. */
const asLength = (every: unknown): unknown =>
  typeof every === 'string' && /^\d+$/.test(every) ? Number(every) : every;

const isEvery = (value: unknown): boolean => {
  if (typeof value === 'string' && time.test(value)) return Number.parseFloat(value) > 0;
  return lengthCheck(asLength(value)) === undefined && Number.parseFloat(String(value)) > 0;
};

export const everySchema: v.GenericSchema<Every> = v.custom<Every>(
  isEvery,
  "must be a number of steps, epochs such as '1ep', a share of the run such as '10%' or a time such as '10min', longer than 0",
);

type Moment = Pick<SettledContext, 'after' | 'step' | 'epoch' | 'stepsPerEpoch' | 'totalSteps'>;

/**
 * Whether to save now.
 *
 * @param waited - the milliseconds since the last time, by a clock that never goes back
 */
export function isSaveDue(every: Every, moment: Moment, waited: number): boolean {
  if (moment.after === 'fit') return true;
  const [, amount, unit] = typeof every === 'string' ? (time.exec(every) ?? []) : [];
  if (unit !== undefined)
    return (
      moment.after === 'step' && waited >= Number(amount) * milliseconds[unit as keyof typeof milliseconds]
    );
  const length = asLength(every) as Length;
  const epochs = typeof length === 'string' && length.endsWith('ep') ? Number.parseFloat(length) : undefined;
  // The figures of an epoch are there after its last step, so whole epochs are saved then.
  if (epochs !== undefined && Number.isInteger(epochs))
    return moment.after === 'epoch' && moment.epoch % epochs === 0;
  return moment.after === 'step' && isDue(moment.step, exactSteps('checkpoint', length, moment));
}

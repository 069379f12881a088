import { CantripError, describe } from '@cantrip/errors';
import { type Column, textTable } from '../table/text-table.ts';
import type { StepProfile } from './step-profile.ts';

const columns: readonly Column[] = [
  ['op', 'left'],
  ['count', 'right'],
  ['ms', 'right'],
  ['share', 'right'],
];

const shown = 20;

/**
 * A profile as a table of text: the 20 ops that take longest, and the others in one line.
 *
 * @param profile - what {@link profileSteps} returned
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * console.log(formatProfile(await profileSteps({ model, optimizer, loss }, train)));
 * // op           count     ms   share
 * // ─────────────────────────────────
 * // BatchMatMul      5  1.204  71.3 %
 * ```
 */
export function formatProfile(profile: StepProfile): string {
  requireProfile(profile);
  const { rows, step, capturedStep, steps, device } = profile;
  const [first, rest] = [rows.slice(0, shown), rows.slice(shown)];
  const sum = (key: 'count' | 'milliseconds' | 'share', of = rows): number =>
    of.reduce((all, row) => all + row[key], 0);
  const line = (op: string, of: typeof rows): string[] => [
    op,
    String(sum('count', of)),
    sum('milliseconds', of).toFixed(3),
    `${(100 * sum('share', of)).toFixed(1)} %`,
  ];
  const lines = first.map((row) => line(row.op, [row]));
  if (rest.length > 0) lines.push(line(`${rest.length} other ops`, rest));
  const notes = [
    `A step op by op takes ${step.toFixed(3)} ms on ${device}: the median of ${steps} ${steps === 1 ? 'step' : 'steps'}.`,
    capturedStep !== undefined && `A captured step takes ${capturedStep.toFixed(3)} ms.`,
  ];
  return [textTable(columns, [...lines, null, line('all', rows)]), ...notes.filter(Boolean)].join('\n');
}

function requireProfile(profile: unknown): void {
  const { format, rows, step } = (profile ?? {}) as Partial<StepProfile>;
  if (format === 'cantrip-profile' && Array.isArray(rows) && typeof step === 'number') return;
  throw new CantripError('OPTION_INVALID', {
    who: 'formatProfile',
    what: `profile must be what profileSteps returned, got ${describe(profile)}`,
    fix: 'Write formatProfile(await profileSteps(options, data))',
  });
}

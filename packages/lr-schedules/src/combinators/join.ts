import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { cannotShrink } from '../core/option-invalid.ts';
import { exactSteps, type Length, type RunLength } from '@cantrip/plugin-kit';
import { lengthSchema, scheduleSchema } from '../core/option-schemas.ts';
import { type Place, placeFrom } from '../core/place.ts';
import { type BoundSchedule, boundIn, exactEnd, firstValue, type Schedule } from '../core/schedule.ts';

/** A part of a {@link join}: a schedule with a length, or `{ schedule, steps }`, which sets the length. */
export type Piece = Schedule | { readonly schedule: Schedule; readonly steps: Length };

const pieceSchema = v.union(
  [scheduleSchema, v.strictObject({ schedule: scheduleSchema, steps: lengthSchema })],
  'must be a schedule, or { schedule, steps }',
);
const piecesSchema = v.strictObject({
  pieces: v.pipe(
    v.array(pieceSchema, 'must be an array of schedules'),
    v.minLength(1, 'must be an array of at least one schedule'),
  ),
});

/**
 * Runs schedules one after the other, as optax's `join_schedules`. Each starts at its own step 0. After the last
 * one, its end value stays.
 *
 * @param pieces - all but the last must have a length; write a plain function as `{ schedule, steps }`
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const schedule = join([linear({ endValue: 0.1, steps: 10 }), cosine({ value: 0.1, steps: 90 })]);
 * schedule(5); // 0.05
 * schedule(10); // 0.1
 * schedule(100); // 0
 * ```
 */
export function join(pieces: readonly Piece[]): BindableSchedule {
  const checked = parseOptions('join', piecesSchema, { pieces }).pieces as readonly Piece[];
  return bindableSchedule((run, steps, place) => {
    if (steps !== undefined) throw cannotShrink('join', 'the pieces have fixed lengths');
    const pieces: BoundSchedule[] = [];
    let exact = 0;
    checked.forEach((piece, index) => {
      const bound = boundPiece(piece, index, checked.length, run, placeFrom(place, exact));
      pieces.push(bound);
      exact += exactEnd(bound);
    });
    return joined(pieces, exact);
  });
}

function joined(pieces: readonly BoundSchedule[], exact: number): BoundSchedule {
  const ends: number[] = [];
  for (const { steps } of pieces) ends.push((ends.at(-1) ?? 0) + steps);
  const last = pieces.length - 1;
  const at = (step: number): number => {
    const found = ends.findIndex((end) => step < end);
    const index = found === -1 ? last : found;
    return pieces[index]!(step - (ends[index - 1] ?? 0));
  };
  const total = ends[last]!;
  return boundSchedule(total, at, Number.isFinite(total) ? at(total) : Number.NaN, {
    exactSteps: exact,
    // The first value of the first piece that is not empty.
    initialValue: firstValue(pieces.find(({ steps }) => steps > 0) ?? pieces[0]!),
  });
}

function boundPiece(
  piece: Piece,
  index: number,
  count: number,
  run: RunLength | undefined,
  place: Place,
): BoundSchedule {
  const bound =
    typeof piece === 'function'
      ? boundIn(piece, run, place)
      : cutOff(boundIn(piece.schedule, run, place), exactSteps('join', piece.steps, run), place);
  if (Number.isFinite(bound.steps) || index === count - 1) return bound;
  throw new CantripError('OPTION_INVALID', {
    who: 'join',
    what: `pieces[${index}] must have a length, because the next piece starts after it, got ${describe(piece)}`,
    fix: 'Set its option steps, or write { schedule, steps }',
  });
}

function cutOff(schedule: BoundSchedule, exact: number, place: Place): BoundSchedule {
  const steps = place(exact);
  return boundSchedule(steps, schedule, schedule(steps), {
    exactSteps: exact,
    initialValue: firstValue(schedule),
  });
}

import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { codes } from '../error-codes.ts';
import { histogramOf, type Numbers } from '../summaries/histogram.ts';
import type { Hyperparameters, sessionStatus } from '../summaries/hyperparameters.ts';
import { pictureOf, type Pixels } from '../summaries/picture.ts';
import { checkEvent, checkNumber, checkNumbers, checkSettings, checkText } from './check-event.ts';
import { eventStream } from './event-stream.ts';

export interface EventWriterOptions {
  /** The folder of the event files. TensorBoard shows it as one run. It is created if it does not exist. */
  readonly folder: string;
  /**
   * The first step that is written again after a restart; an integer >= 0. TensorBoard no longer draws events of earlier files
   * at this step or later.
   */
  readonly purgeStep?: number | undefined;
}

/** Writes one event file. The methods return at once; the writing goes on beside other work. */
export interface EventWriter {
  /** One point of a curve. TensorBoard marks NaN and infinity. Values are stored with float32 precision. */
  scalar(tag: string, value: number, step: number): void;
  /**
   * How values are distributed: 30 bins of equal width. Values that are not finite are left out, and nothing is written if none is
   * left.
   */
  histogram(tag: string, values: Numbers, step: number): void;
  /** A picture: bytes from 0 to 255, or floats from 0 to 1, of shape `[height, width]` or `[height, width, channels]`. */
  image(tag: string, pixels: Pixels, step: number): void;
  /** A text, shown as Markdown. */
  text(tag: string, text: string, step: number): void;
  /** The settings of the run, for the table that compares runs. Call it once. */
  hyperparameters(settings: Hyperparameters): void;
  /** Resolves when the system has all events so far. */
  flush(): Promise<void>;
  /** Writes what is left, and how the run ended: that shows in the table of hyperparameters. */
  close(status?: keyof typeof sessionStatus): Promise<void>;
}

const schema = v.strictObject({
  folder: v.pipe(v.string(), v.nonEmpty()),
  purgeStep: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});

/**
 * Writes TensorBoard's event files, in any program: no trainer, no Python and no native library is needed.
 *
 * Each writer makes a file of its own, so several may write to one folder. A process that is killed leaves at most one torn
 * record at the end of its file, which TensorBoard passes over.
 *
 * @throws CantripError OPTION_INVALID, also of each method; TENSORBOARD_CLOSED after `close`; `flush` and `close` throw
 *   TENSORBOARD_WRITE if events could not be written
 * @example
 * ```ts
 * const writer = eventWriter({ folder: 'runs/mine' });
 * for (let step = 0; step < 100; step++) writer.scalar('loss', 1 / (step + 1), step);
 * await writer.close();
 * ```
 */
export function eventWriter(options: EventWriterOptions): EventWriter {
  const { folder, purgeStep } = parseOptions('eventWriter', schema, options);
  let failure: CantripError | undefined;
  let closed = false;
  let hasSettings = false;
  const stream = eventStream(folder, {
    purgeStep,
    failed: (error, lost) => void (failure ??= writeFailed('eventWriter', folder, lost, error)),
  });

  function checkOpen(): void {
    if (closed)
      throw new CantripError(codes.TENSORBOARD_CLOSED, {
        who: 'eventWriter',
        what: `the writer of ${folder} is closed`,
        fix: 'Write before close, or make another writer of the same folder',
      });
  }

  function throwFailure(): void {
    const error = failure;
    failure = undefined;
    if (error) throw error;
  }

  return {
    scalar(tag, value, step) {
      checkEvent('scalar', tag, step);
      checkNumber('scalar', value);
      checkOpen();
      stream.scalars({ [tag]: value }, step);
    },
    histogram(tag, values, step) {
      checkEvent('histogram', tag, step);
      checkNumbers('histogram', values);
      checkOpen();
      const histogram = histogramOf(values);
      if (histogram) stream.histogram(tag, histogram, step);
    },
    image(tag, pixels, step) {
      checkEvent('image', tag, step);
      const picture = pictureOf('image', pixels);
      checkOpen();
      stream.image(tag, picture, step);
    },
    text(tag, text, step) {
      checkEvent('text', tag, step);
      checkText('text', text);
      checkOpen();
      stream.text(tag, text, step);
    },
    hyperparameters(settings) {
      checkSettings('hyperparameters', settings);
      checkOpen();
      hasSettings = true;
      stream.begin(settings);
    },
    async flush() {
      await stream.idle();
      throwFailure();
    },
    async close(status = 'finished') {
      if (status !== 'finished' && status !== 'failed')
        throw new CantripError('OPTION_INVALID', {
          who: 'close',
          what: `status must be 'finished' or 'failed', got ${String(status)}`,
          fix: 'Leave it out if the run is finished',
        });
      if (!closed && hasSettings) stream.end(status);
      closed = true;
      await stream.close();
      throwFailure();
    },
  };
}

/** What a failure of the disk says. */
export function writeFailed(who: string, folder: string, lost: number, cause: unknown): CantripError {
  return new CantripError(codes.TENSORBOARD_WRITE, {
    who,
    what: `events could not be written to ${folder}: ${cause instanceof Error ? cause.message : String(cause)}; ${lost} records are lost`,
    fix: 'Make room on the disk, or choose another folder',
    cause,
  });
}

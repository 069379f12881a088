import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/** Where the bar is drawn: standard error, standard output or another stream of Node. */
export interface ProgressStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  /** The words before the epoch, e.g. `fine-tuning`, in one line; none by default. */
  readonly label?: string;
  /** Whether a bar is drawn. By default, if the stream is a terminal, `TERM` is not `dumb` and `CI` is not set or `false`. */
  readonly bar?: boolean | undefined;
  /** The seconds between two lines where no bar is drawn; above 0, 30 by default. */
  readonly secondsBetweenLines?: number;
  /** Where the bar is drawn; standard error by default. */
  readonly stream?: ProgressStream | undefined;
}

const schema = v.strictObject({
  label: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => !/\p{Cc}/u.test(text), 'must be a text without line breaks and control characters'),
    ),
    '',
  ),
  bar: v.optional(v.boolean()),
  secondsBetweenLines: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)), 30),
  stream: v.optional(
    v.custom<ProgressStream>(
      (value) =>
        (['write', 'on'] as const).every(
          (name) => typeof (value as ProgressStream | null)?.[name] === 'function',
        ),
      'must be a stream of Node, e.g. process.stdout',
    ),
  ),
});

/** The options with defaults. In a browser there is no stream. */
export interface ReadProgress {
  readonly label: string;
  readonly bar: boolean;
  readonly secondsBetweenLines: number;
  readonly stream: ProgressStream | undefined;
}

/** @throws CantripError OPTION_INVALID */
export function readProgressOptions(options: ProgressOptions): ReadProgress {
  const read = parseOptions('progress', schema, options);
  const env = globalThis.process?.env ?? {};
  const stream = (read.stream as ProgressStream | undefined) ?? globalThis.process?.stderr;
  const isBuild = !['', '0', 'false'].includes(env['CI'] ?? '');
  const isTerminal = stream?.isTTY === true && env['TERM'] !== 'dumb' && !isBuild;
  return { ...read, stream, bar: stream !== undefined && (read.bar ?? isTerminal) };
}

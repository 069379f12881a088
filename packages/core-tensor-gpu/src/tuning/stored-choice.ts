import * as v from 'valibot';

const text = v.pipe(v.string(), v.minLength(1));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

/** The form of a file that holds a choice. */
export const choiceSchema: v.GenericSchema<unknown, StoredChoice> = v.object({
  format: v.literal(1),
  name: text,
  hardware: text,
  threads: positive,
  place: text,
  device: text,
  version: text,
  library: v.object({ path: v.string(), size: v.number(), modified: v.number() }),
  model: text,
  batch: text,
  environment: v.record(v.string(), v.string()),
  compile: v.optional(v.literal('xla')),
  ratio: positive,
  milliseconds: positive,
  measured: v.pipe(v.string(), v.isoTimestamp()),
  trials: positive,
});

/** How a library file is known again without reading its hundreds of megabytes. */
export interface LibraryFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last written, milliseconds since 1970. */
  readonly modified: number;
}

/** What was measured to be the fastest way to run a training step, and for what. */
export interface StoredChoice {
  readonly format: 1;
  /** The program that was measured, for people. */
  readonly name: string;
  readonly hardware: string;
  readonly threads: number;
  /** What is known before TensorFlow loads, as a hash: processor, cores, library file, options, environment. */
  readonly place: string;
  readonly device: string;
  /** E.g. `TensorFlow 2.21.0`. */
  readonly version: string;
  readonly library: LibraryFile;
  /** The model's layers and parameters, as a hash. */
  readonly model: string;
  /** The shapes and dtypes of a batch, e.g. `inputs[64,28,28,1] targets[64] int32`. */
  readonly batch: string;
  /** What TensorFlow must find when it loads; empty where its own defaults are the fastest. */
  readonly environment: Readonly<Record<string, string>>;
  readonly compile?: 'xla' | undefined;
  /** Time of a step as a ratio to that with TensorFlow's defaults: below 1 is faster. */
  readonly ratio: number;
  /** Median time of a step. */
  readonly milliseconds: number;
  /** ISO 8601. */
  readonly measured: string;
  /** Processes that were timed. */
  readonly trials: number;
}

import * as v from 'valibot';

const text = v.pipe(v.string(), v.minLength(1));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const count = v.pipe(v.number(), v.finite(), v.minValue(0));

const keyEntries = { place: text, device: text, hardware: text, version: text, model: text, batch: text };
const entries = {
  ...keyEntries,
  format: v.literal(1),
  name: text,
  threads: positive,
  library: v.strictObject({ path: text, size: count, modified: count }),
  environment: v.record(v.string(), v.string()),
  compile: v.optional(v.literal('xla')),
  ratio: positive,
  milliseconds: positive,
  measured: v.pipe(v.string(), v.isoTimestamp()),
  trials: positive,
};

/** The form of a file that holds a choice; a newer Cantrip may have written more than this one reads. */
export const choiceSchema: v.GenericSchema<unknown, StoredChoice> = v.object(entries);

/** The form of a choice that is to be stored. */
export const newChoiceSchema: v.GenericSchema<unknown, StoredChoice> = v.strictObject(entries);

/** The form of what a choice is found by. */
export const keySchema: v.GenericSchema<unknown, ChoiceKey> = v.strictObject(keyEntries);

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

/** Which choice: for what conditions, device, library, model and batch. */
export type ChoiceKey = Pick<StoredChoice, 'place' | 'device' | 'hardware' | 'version' | 'model' | 'batch'>;

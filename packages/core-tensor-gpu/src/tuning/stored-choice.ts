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

/** Schema of a stored choice. A newer version of Cantrip may have written more fields. */
export const choiceSchema: v.GenericSchema<unknown, StoredChoice> = v.object(entries);

/** Schema of a choice to store. */
export const newChoiceSchema: v.GenericSchema<unknown, StoredChoice> = v.strictObject(entries);

/** Schema of the key of a choice. */
export const keySchema: v.GenericSchema<unknown, ChoiceKey> = v.strictObject(keyEntries);

/** Identifies a library file without reading its hundreds of megabytes. */
export interface LibraryFile {
  readonly path: string;
  /** The size in bytes. */
  readonly size: number;
  /** The time of its last change, in milliseconds since 1970. */
  readonly modified: number;
}

/** The fastest way to run a training step that was measured, and the conditions. */
export interface StoredChoice {
  readonly format: 1;
  /** The name of the measured program, for display. */
  readonly name: string;
  readonly hardware: string;
  readonly threads: number;
  /** A hash of what is known before TensorFlow loads: processor, cores, library file, options, environment. */
  readonly place: string;
  readonly device: string;
  /** E.g. `TensorFlow 2.21.0`. */
  readonly version: string;
  readonly library: LibraryFile;
  /** A hash of the model's layers and parameters. */
  readonly model: string;
  /** The shapes and dtypes of a batch, e.g. `inputs[64,28,28,1] targets[64] int32`. */
  readonly batch: string;
  /** Environment variables to set before TensorFlow loads; empty if TensorFlow's defaults are fastest. */
  readonly environment: Readonly<Record<string, string>>;
  readonly compile?: 'xla' | undefined;
  /** The step time divided by the step time with TensorFlow's defaults. Below 1 is faster. */
  readonly ratio: number;
  /** The median step time, in milliseconds. */
  readonly milliseconds: number;
  /** The date of the measurement, in ISO 8601. */
  readonly measured: string;
  /** The number of processes that were timed. */
  readonly trials: number;
}

/** The key of a choice: conditions, device, library, model and batch. */
export type ChoiceKey = Pick<StoredChoice, 'place' | 'device' | 'hardware' | 'version' | 'model' | 'batch'>;

import * as v from 'valibot';

/** A process that trained a part of the run. */
export interface RunStart {
  /** The position where it began. */
  readonly step: number;
  readonly epoch: number;
  readonly at: string;
  /** Node.js, operating system, processor, device, versions of packages. No user, host or path is in it. */
  readonly environment: Readonly<Record<string, unknown>>;
  /** The commit of the working folder; absent without git. `dirty`: whether tracked files were changed since. */
  readonly git?: { readonly commit: string; readonly dirty?: boolean | undefined } | undefined;
}

/** run.json: what a run is. */
export interface RunInfo {
  readonly format: 'cantrip-run';
  readonly version: 1;
  readonly seed: number;
  /** What the user gave as `hyperparameters`. */
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  /** The plugins in list order, with their options as far as they tell them. */
  readonly plugins: readonly {
    readonly name: string;
    readonly settings?: Readonly<Record<string, unknown>> | undefined;
  }[];
  /** Model, optimizer, loss, data and length, as the trainer describes them. */
  readonly description: Readonly<Record<string, unknown>>;
  /** The processes that trained it, at most the last 100. */
  readonly starts: readonly RunStart[];
}

const record = v.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Of run.json. Fields that it does not know are left out. */
export const runInfoSchema: v.GenericSchema<unknown, RunInfo> = v.object({
  format: v.literal('cantrip-run'),
  version: v.literal(1),
  seed: v.number(),
  hyperparameters: record,
  plugins: v.array(v.object({ name: v.string(), settings: v.optional(record) })),
  description: record,
  starts: v.array(
    v.object({
      step: count,
      epoch: count,
      at: v.string(),
      environment: record,
      git: v.optional(v.object({ commit: v.string(), dirty: v.optional(v.boolean()) })),
    }),
  ),
}) as v.GenericSchema<unknown, RunInfo>;

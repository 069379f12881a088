import * as v from 'valibot';

/**
 * Settings that TensorFlow reads when it loads, besides the mode. TensorFlow's defaults apply to settings that you
 * do not set.
 */
export interface Settings {
  /** Whether to use only ops that return the same result in every run. Mode `deterministic` includes this. */
  readonly deterministic?: boolean;
  /**
   * Whether a GPU may compute float32 products in TF32, which keeps 11 of 24 bits of the inputs. TensorFlow's
   * default is true. `false` also applies to NVIDIA's libraries.
   */
  readonly tf32?: boolean;
  /** Allocates a GPU's memory when it is needed, not all of it at the start. */
  readonly memoryGrowth?: boolean;
  /** Whether to use the ops of oneDNN on the processor. By default, TensorFlow decides for the processor. */
  readonly oneDnn?: boolean;
  /** The number of threads inside one op. */
  readonly intraOpThreads?: number;
  /** The number of threads that run ops in parallel. */
  readonly interOpThreads?: number;
}

type Optional<Value> = v.OptionalSchema<v.GenericSchema<Value>, undefined>;

const flagOption: Optional<boolean> = v.optional(v.boolean());
const threads: Optional<number> = v.optional(
  v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1024)),
);

/** Schema entries of {@link Settings}. */
export const settingsEntries: {
  readonly [Key in keyof Settings]-?: Optional<NonNullable<Settings[Key]>>;
} = {
  deterministic: flagOption,
  tf32: flagOption,
  memoryGrowth: flagOption,
  oneDnn: flagOption,
  intraOpThreads: threads,
  interOpThreads: threads,
};

/** Checked {@link Settings}, where an option may be undefined. */
export type CheckedSettings = { readonly [Key in keyof Settings]: Settings[Key] | undefined };

/** The environment variables for settings; none for settings that are not set. */
export function settingsEnvironment(settings: CheckedSettings): Readonly<Record<string, string>> {
  const { deterministic, tf32, memoryGrowth, oneDnn, intraOpThreads, interOpThreads } = settings;
  const variables = {
    TF_DETERMINISTIC_OPS: flag(deterministic),
    NVIDIA_TF32_OVERRIDE: tf32 === false ? '0' : undefined,
    TF_FORCE_GPU_ALLOW_GROWTH: memoryGrowth?.toString(),
    TF_ENABLE_ONEDNN_OPTS: flag(oneDnn),
    TF_NUM_INTRAOP_THREADS: intraOpThreads?.toString(),
    TF_NUM_INTEROP_THREADS: interOpThreads?.toString(),
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function flag(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(Number(value));
}

import * as v from 'valibot';

/** What TensorFlow reads when it loads, beside cuDNN's mode; what is left out stays as TensorFlow has it. */
export interface Settings {
  /** Only ops that give the same result in every run; mode `deterministic` says so, too. */
  readonly deterministic?: boolean;
  /**
   * Whether a GPU may compute float32 products in TF32, whose inputs keep 11 of 24 bits; TensorFlow's default is that it
   * may. `false` forbids it to NVIDIA's libraries, too.
   */
  readonly tf32?: boolean;
  /** Takes a GPU's memory as it is needed, and not all at once. */
  readonly memoryGrowth?: boolean;
  /** Ops of oneDNN on the processor; by default TensorFlow decides by the processor. */
  readonly oneDnn?: boolean;
  /** Threads inside one op. */
  readonly intraOpThreads?: number;
  /** Threads that run ops side by side. */
  readonly interOpThreads?: number;
}

type Optional<Value> = v.OptionalSchema<v.GenericSchema<Value>, undefined>;

const flagOption: Optional<boolean> = v.optional(v.boolean());
const threads: Optional<number> = v.optional(
  v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1024)),
);

/** The options of {@link Settings}. */
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

/** The same as checked options: what is left out may be undefined. */
export type CheckedSettings = { readonly [Key in keyof Settings]: Settings[Key] | undefined };

/** The variables that stand for settings, and nothing for those left out. */
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

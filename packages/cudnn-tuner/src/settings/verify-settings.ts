import type { DeviceDescription, LibrarySettings } from '@cantrip/core-tensor-gpu';

/** The result of comparing your settings with those that TensorFlow reports. */
export interface Verification {
  /** One sentence for each setting that has no effect. */
  readonly differing: readonly string[];
  /** The settings that TensorFlow does not report. */
  readonly unanswered: readonly string[];
}

/** The settings to compare: environment variables, and the switch for TF32. */
export interface Wanted {
  readonly environment: Readonly<Record<string, string>>;
  readonly tf32?: boolean | undefined;
}

const questions: Readonly<Record<string, keyof LibrarySettings>> = {
  TF_ENABLE_ONEDNN_OPTS: 'oneDnn',
  TF_CUDNN_USE_AUTOTUNE: 'autotune',
  TF_DETERMINISTIC_OPS: 'deterministicOps',
  TF_NUM_INTRAOP_THREADS: 'intraOpThreads',
  TF_NUM_INTEROP_THREADS: 'interOpThreads',
};

/** Settings for a GPU that TensorFlow does not report. */
const untold = new Set(['TF_FORCE_GPU_ALLOW_GROWTH']);

/** Compares your settings with those that the loaded TensorFlow reports. Other devices report nothing. */
export function verifySettings(
  { environment, tf32 }: Wanted,
  { name, settings }: Pick<DeviceDescription, 'name' | 'settings'>,
): Verification {
  if (settings === undefined) return { differing: [], unanswered: [] };
  const checks = Object.entries(environment).flatMap(([variable, value]): Check[] => {
    const question = questions[variable];
    if (question) return [{ wish: `${variable}=${value}`, question, wanted: Number(value) }];
    return untold.has(variable) && name === 'cuda' ? [{ wish: `${variable}=${value}` }] : [];
  });
  if (tf32 !== undefined) checks.push({ wish: `tf32: ${tf32}`, question: 'tf32', wanted: Number(tf32) });
  const asked = checks.map((check) => ({ ...check, answer: check.question && settings[check.question] }));
  return {
    differing: asked
      .filter(({ answer, wanted }) => answer !== undefined && Number(answer) !== wanted)
      .map(
        ({ wish, question, answer }) =>
          `${wish} has no effect: TensorFlow reports that ${question} is ${answer}`,
      ),
    unanswered: asked.filter(({ answer }) => answer === undefined).map(({ wish }) => wish),
  };
}

interface Check {
  readonly wish: string;
  /** Absent if TensorFlow does not report it. */
  readonly question?: keyof LibrarySettings;
  readonly wanted?: number;
}

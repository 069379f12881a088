import type { DeviceDescription, LibrarySettings } from '@cantrip/core-tensor-gpu';

/** What came of comparing wishes with what TensorFlow says of itself. */
export interface Verification {
  /** Sentences: what was wanted and is not so. */
  readonly differing: readonly string[];
  /** What was wanted, where TensorFlow does not tell what is. */
  readonly unanswered: readonly string[];
}

/** What is wanted of TensorFlow: variables, and its switch for TF32. */
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

/** What concerns a GPU alone, and what TensorFlow does not tell of it. */
const untold = new Set(['TF_FORCE_GPU_ALLOW_GROWTH']);

/** Compares what was asked for with what the loaded TensorFlow says of itself; another device has nothing to say. */
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
          `${wish} has no effect: TensorFlow says that ${question} is ${answer}`,
      ),
    unanswered: asked.filter(({ answer }) => answer === undefined).map(({ wish }) => wish),
  };
}

interface Check {
  readonly wish: string;
  /** Absent where TensorFlow has no answer. */
  readonly question?: keyof LibrarySettings;
  readonly wanted?: number;
}

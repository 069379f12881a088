import type { LibrarySettings } from '@cantrip/core-tensor-gpu';

const answers: Readonly<Record<string, keyof LibrarySettings>> = {
  TF_ENABLE_ONEDNN_OPTS: 'oneDnn',
  TF_CUDNN_USE_AUTOTUNE: 'autotune',
  TF_DETERMINISTIC_OPS: 'deterministicOps',
  TF_NUM_INTRAOP_THREADS: 'intraOpThreads',
  TF_NUM_INTEROP_THREADS: 'interOpThreads',
};

/**
 * Compares what was asked for with what the loaded TensorFlow says of itself.
 *
 * @returns a message for each difference; none where TensorFlow does not tell
 */
export function verifySettings(
  wanted: Readonly<Record<string, string>>,
  actual: LibrarySettings = {},
): readonly string[] {
  return Object.entries(wanted).flatMap(([variable, value]) => {
    const question = answers[variable];
    const answer = question && actual[question];
    if (answer === undefined || Number(answer) === Number(value)) return [];
    return [
      `[cudnn-tuner] ${variable}=${value} has no effect: TensorFlow says that ${question} is ${answer}.`,
    ];
  });
}

import { openedDevice } from '@cantrip/core-tensor-gpu';
import { verifySettings, type Wanted } from './verify-settings.ts';

/** Sets and checks the settings of a plugin when a device is open. */
export interface AppliedSettings {
  /**
   * Sets what can be set while TensorFlow runs, and logs each setting that has no effect.
   *
   * @returns a function that undoes it
   */
  apply(wanted: Wanted, log: (message: string) => void): () => void;
  /** After a step was recorded and run, logs a message if XLA compiled nothing. */
  checkCompiled(log: (message: string) => void): void;
}

/** NVIDIA's own switch. It overrides TensorFlow's switch. */
const override = 'NVIDIA_TF32_OVERRIDE';

export function appliedSettings(): AppliedSettings {
  let isTold = false;
  let isCompiledChecked = false;
  return {
    apply(wanted, log) {
      const device = openedDevice();
      if (device === undefined) return () => undefined;
      const before = device.describe().settings?.tf32;
      if (wanted.tf32 !== undefined) device.allowTf32?.(wanted.tf32);
      const { differing, unanswered } = verifySettings(wanted, device.describe());
      for (const sentence of differing) log(`[cudnn-tuner] ${sentence}.`);
      if (wanted.tf32 && process.env[override] === '0') {
        log(`[cudnn-tuner] tf32: true has no effect, because the environment variable ${override} is 0.`);
      }
      if (unanswered.length > 0 && !isTold) {
        log(`[cudnn-tuner] cannot check ${unanswered.join(', ')}, because TensorFlow does not report it.`);
        isTold = true;
      }
      return () => {
        if (wanted.tf32 !== undefined && before !== undefined) device.allowTf32?.(before);
      };
    },
    checkCompiled(log) {
      if (isCompiledChecked) return;
      isCompiledChecked = true;
      const { name, settings } = openedDevice()!.describe();
      // On a GPU, a compiled step cannot be detected. A step that XLA cannot compile is an error there too.
      if (name !== 'tensorflow' || settings?.xla !== false) return;
      log("[cudnn-tuner] compile: 'xla' has no effect: a step was recorded, but XLA did not compile it.");
    },
  };
}

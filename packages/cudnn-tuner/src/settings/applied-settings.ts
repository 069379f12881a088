import { openedDevice } from '@cantrip/core-tensor-gpu';
import { verifySettings, type Wanted } from './verify-settings.ts';

/** Settings of a plugin, which are set and checked when a device is open. */
export interface AppliedSettings {
  /**
   * Sets what TensorFlow lets be set while it runs, and says what has no effect.
   *
   * @returns how to undo it
   */
  apply(wanted: Wanted, log: (message: string) => void): () => void;
  /** Says, after a step was recorded and run, where XLA has compiled nothing. */
  checkCompiled(log: (message: string) => void): void;
}

/** NVIDIA's own switch, which goes before TensorFlow's. */
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
        log(`[cudnn-tuner] tf32: true has no effect: ${override}=0 stands in the environment.`);
      }
      if (unanswered.length > 0 && !isTold) {
        log(`[cudnn-tuner] can't be checked, because TensorFlow does not tell: ${unanswered.join(', ')}.`);
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
      // On a GPU it leaves no trace; there too a step that it can't compile is an error.
      if (name !== 'tensorflow' || settings?.xla !== false) return;
      log("[cudnn-tuner] compile: 'xla' has no effect: a step was recorded, but XLA has made no program.");
    },
  };
}

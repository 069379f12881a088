import { type DeviceName, diagnose, installRuntime } from '@cantrip/core-tensor-gpu';
import { isCantripError } from '@cantrip/errors';

type Choice = DeviceName | 'auto';

/**
 * Installs the native runtime if the device needs it and installing is allowed. With `auto`, a failure is logged and
 * the next best device is used. A device that was named is never replaced.
 */
export async function provideRuntime(device: Choice, log: (line: string) => void): Promise<void> {
  if (device !== 'auto' && device !== 'tensorflow') return;
  const { libraries } = await diagnose();
  if (libraries.some(({ found }) => found)) return;
  if (process.env['CANTRIP_NO_INSTALL'] === '1') {
    log('There is no native runtime, and CANTRIP_NO_INSTALL=1 forbids installing one.');
    return;
  }
  log('There is no native runtime yet: installing TensorFlow 2.21, a download of 270 MB, once.');
  log('(Set CANTRIP_NO_INSTALL=1 or --device wasm to train without it.)');
  try {
    await installRuntime({ log: (line) => log(`  ${line}`) });
  } catch (error) {
    if (device !== 'auto' || !isCantripError(error)) throw error;
    log(`The native runtime could not be installed: ${error.message}`);
    log('Training continues with wasm, which needs only npm, and takes several times as long.');
  }
}

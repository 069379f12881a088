import { type DeviceName, diagnose, installRuntime } from '@cantrip/core-tensor-gpu';
import { isCantripError } from '@cantrip/errors';

type Choice = DeviceName | 'auto';

/**
 * Makes the native runtime available where it is wanted and may be installed.
 *
 * With `auto` a failure is told and the next best device is taken; a device that was asked for by name gets no
 * substitute.
 */
export async function provideRuntime(device: Choice, log: (line: string) => void): Promise<void> {
  if (device !== 'auto' && device !== 'tensorflow') return;
  const { libraries } = await diagnose();
  if (libraries.some(({ found }) => found)) return;
  if (process.env['CANTRIP_NO_INSTALL'] === '1') {
    log('No native runtime here, and CANTRIP_NO_INSTALL=1 says not to install one.');
    return;
  }
  log('No native runtime here yet: installing TensorFlow 2.21, a download of 270 MB, once.');
  log('(CANTRIP_NO_INSTALL=1 or --device wasm does without.)');
  try {
    await installRuntime({ log: (line) => log(`  ${line}`) });
  } catch (error) {
    if (device !== 'auto' || !isCantripError(error)) throw error;
    log(`The native runtime could not be installed: ${error.message}`);
    log('Training goes on with wasm, which npm alone is enough for, and takes several times as long.');
  }
}

// A program: opens the device named by its first argument, and prints its findings as one line of JSON. With --train
// it also trains a step. It is a separate process, because a loaded TensorFlow cannot be unloaded.

import { isCantripError } from '@cantrip/errors';
import type { DeviceName } from '../device/device.ts';
import { DeviceAbsent } from '../device/device-absent.ts';
import { openDevice } from '../opening/open-device.ts';
import type { Finding } from './probe-device.ts';
import { trainOneStep } from './train-one-step.ts';

const given = process.argv.slice(2);
const [name, train] = given;
process.stdout.write(`${JSON.stringify(await find())}\n`);

async function find(): Promise<Finding> {
  if (given.length > 2 || (train !== undefined && train !== '--train') || name === undefined) {
    return { reason: `a probe takes the name of a device and --train, got ${given.join(' ') || 'nothing'}` };
  }
  try {
    const device = await openDevice(name as DeviceName);
    const description = device.describe();
    return train === '--train' ? { description, step: trainOneStep() } : { description };
  } catch (error) {
    if (error instanceof DeviceAbsent) {
      const { reason, command, advice } = error.absence;
      const fix = command ?? advice;
      return { reason, ...(fix !== undefined && { fix }) };
    }
    return { reason: isCantripError(error) ? error.message : String(error) };
  }
}

import * as tf from '@tensorflow/tfjs-core';
import type { DriverDevice } from '../device/device.ts';
import type { Driver } from '../device/driver.ts';
import { correctStockKernels } from '../stock/correct-kernels.ts';
import { nameGatherBounds } from '../device/gather-bounds.ts';
import { hostMemory, processorName } from '../device/hardware.ts';

/** Plain JavaScript. It is always present, but thousands of times too slow to train a convolution. */
export const cpuDriver: Driver = {
  name: 'cpu',
  async open(): Promise<DriverDevice> {
    const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
    nameGatherBounds('cpu');
    correctStockKernels('cpu');
    await tf.setBackend('cpu');
    // At its first use, it would advise installing tfjs-node, which this package replaces.
    Object.assign(tf.backend(), { firstUse: false });
    const description = {
      name: 'cpu',
      version: `tfjs-backend-cpu ${version}`,
      threads: 1,
      hardware: processorName(),
      memory: hostMemory(),
      passedOver: [],
    } as const;
    return { name: 'cpu', describe: () => description };
  },
};

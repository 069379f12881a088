import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { CantripError } from '@cantrip/errors';
import { finishChecks } from './checks/later-checks.ts';
import type { Gpu } from './programs/program.ts';

/**
 * Makes a read throw where the GPU has failed since the read before it. The stock backend goes on after a program
 * that does not compile, after a lack of memory and after the loss of the GPU, with values that nothing has computed.
 */
export function reportFailures(device: GPUDevice, backend: WebGPUBackend): void {
  let failed: string | undefined;
  let lost: string | undefined;
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    failed ??= firstLine(event.error.message);
  });
  void device.lost.then(({ message }) => {
    lost = `the GPU is lost (${firstLine(message)})`;
  });
  const read = backend.read.bind(backend);
  backend.read = async (id) => {
    // What is on the host needs nothing of the GPU.
    if ((backend as unknown as Gpu).tensorMap.get(id)?.values != null) return read(id);
    let values;
    try {
      values = await read(id);
    } catch (error) {
      await arrived();
      throw failure() ?? error;
    }
    await arrived();
    const error = failure();
    if (error) throw error;
    await finishChecks(backend);
    return values;
  };

  /** Lets the events and promises that have come meanwhile run. */
  const arrived = () => new Promise((resolve) => setImmediate(resolve));

  function failure(): CantripError | undefined {
    const what = lost ?? failed;
    failed = undefined;
    if (what === undefined) return undefined;
    return new CantripError('DEVICE_FAILED', {
      who: 'webgpu',
      what: `values were not computed, because ${lost ?? `the GPU reported "${what}"`}`,
      fix: lost
        ? 'Start the program again, and go on from a checkpoint'
        : 'Do not use what was computed since the last read. Leave out the op, or use another device',
    });
  }
}

const firstLine = (message: string): string =>
  message.split('\n').find((line) => line.trim() !== '') ?? message;

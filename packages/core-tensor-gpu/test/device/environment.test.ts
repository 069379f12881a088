import { describe, expect, it } from 'vitest';
import { openDevice } from '../../src/index.ts';
import { cVariable } from '../../src/native/api/c-environment.ts';
import { requireDevice } from '../require-device.ts';

process.env['TF_CUDNN_DETERMINISTIC'] = '0';
const opened = await openDevice('tensorflow', {
  environment: { TF_CUDNN_DETERMINISTIC: '1', TF_NUM_INTRAOP_THREADS: '1' },
}).catch(() => requireDevice('tensorflow'));

describe.skipIf(opened === undefined)('the environment that is asked for', () => {
  it('is what C code sees when TensorFlow loads', () => {
    expect(process.env['TF_CUDNN_DETERMINISTIC']).toBe('1');
    expect(cVariable('TF_CUDNN_DETERMINISTIC')).toBe('1');
    expect(opened?.describe().threads).toBe(1);
  });

  it('may be asked for again', async () => {
    expect(await openDevice('auto', { environment: { TF_CUDNN_DETERMINISTIC: '1' } })).toBe(opened);
  });

  it('is refused where TensorFlow has loaded with another', async () => {
    const late = openDevice('tensorflow', { environment: { TF_CUDNN_DETERMINISTIC: '0' } });
    await expect(late).rejects.toThrow(
      '[tensorflow] TF_CUDNN_DETERMINISTIC must be 0, but TensorFlow has already loaded and read 1. ' +
        'Open the device with this environment before anything else opens it, ' +
        'or start the process with TF_CUDNN_DETERMINISTIC=0. (ENVIRONMENT_TOO_LATE)',
    );
    await expect(openDevice('auto', { environment: { TF_NEW: 'x' } })).rejects.toThrow('read no value');
  });

  it('is not made true by setting it afterwards', async () => {
    process.env['TF_NEW'] = 'x';
    await expect(openDevice('auto', { environment: { TF_NEW: 'x' } })).rejects.toThrow(
      'ENVIRONMENT_TOO_LATE',
    );
  });

  it('says nothing to a device that TensorFlow has no part in', async () => {
    expect((await openDevice('cpu', { environment: { TF_NEW: 'x' } })).name).toBe('cpu');
  });
});

import { describe, expect, it } from 'vitest';
import { openDevice } from '../../src/index.ts';
import { requireDevice } from '../require-device.ts';

const opened = await openDevice('tensorflow', {
  environment: {
    TF_ENABLE_ONEDNN_OPTS: '0',
    TF_NUM_INTRAOP_THREADS: '5',
    TF_NUM_INTEROP_THREADS: '7',
    TF_DETERMINISTIC_OPS: '1',
    TF_CUDNN_USE_AUTOTUNE: '0',
  },
}).catch(() => requireDevice('tensorflow'));

describe.skipIf(opened === undefined)('the settings of TensorFlow', () => {
  it('are what it tells itself, and the threads that it started', () => {
    const settings = { oneDnn: false, autotune: false, deterministicOps: true };
    expect(opened?.describe().settings).toMatchObject(settings);
    if (process.platform !== 'linux') return;
    expect(opened?.describe().settings).toMatchObject({ intraOpThreads: 5, interOpThreads: 7 });
    expect(opened?.describe().threads).toBe(5);
    expect(opened?.describe().settings?.stepThreads).toBe(
      'all threads in an op: TF_NUM_INTRAOP_THREADS is 5',
    );
  });

  it('do not follow an environment that changes afterwards', async () => {
    process.env['TF_ENABLE_ONEDNN_OPTS'] = '1';
    expect((await openDevice('tensorflow')).describe().settings).toMatchObject({ oneDnn: false });
  });
});

import { describe, expect, it } from 'vitest';
import { verifySettings } from '../src/settings/verify-settings.ts';

describe('what TensorFlow says of itself', () => {
  const wanted = {
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_NUM_INTRAOP_THREADS: '2',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  };

  it('is silent where all is as it was asked for', () => {
    expect(verifySettings(wanted, { oneDnn: true, intraOpThreads: 2 })).toEqual([]);
  });

  it('is named where it differs', () => {
    expect(verifySettings(wanted, { oneDnn: false, intraOpThreads: 1 })).toEqual([
      '[cudnn-tuner] TF_ENABLE_ONEDNN_OPTS=1 has no effect: TensorFlow says that oneDnn is false.',
      '[cudnn-tuner] TF_NUM_INTRAOP_THREADS=2 has no effect: TensorFlow says that intraOpThreads is 1.',
    ]);
  });

  it('is no complaint where it says nothing', () => {
    expect(verifySettings(wanted, {})).toEqual([]);
    expect(verifySettings(wanted)).toEqual([]);
  });
});

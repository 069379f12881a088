import type { LibrarySettings } from '@cantrip/core-tensor-gpu';
import { describe, expect, it } from 'vitest';
import { verifySettings } from '../src/settings/verify-settings.ts';

describe('what TensorFlow says of itself', () => {
  const wanted = {
    environment: {
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_NUM_INTRAOP_THREADS: '2',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    },
    tf32: false,
  };
  const asked = (settings: LibrarySettings): ReturnType<typeof verifySettings> =>
    verifySettings(wanted, { name: 'cuda', settings });

  it('is no complaint where all is as it was asked for; how memory grows it does not tell', () => {
    expect(asked({ oneDnn: true, intraOpThreads: 2, tf32: false })).toEqual({
      differing: [],
      unanswered: ['TF_FORCE_GPU_ALLOW_GROWTH=true'],
    });
  });

  it('is named where it differs', () => {
    expect(asked({ oneDnn: false, intraOpThreads: 1, tf32: true }).differing).toEqual([
      'TF_ENABLE_ONEDNN_OPTS=1 has no effect: TensorFlow reports that oneDnn is false',
      'TF_NUM_INTRAOP_THREADS=2 has no effect: TensorFlow reports that intraOpThreads is 1',
      'tf32: false has no effect: TensorFlow reports that tf32 is true',
    ]);
  });

  it('of a library that lacks the questions is nothing', () => {
    expect(asked({})).toEqual({
      differing: [],
      unanswered: [
        'TF_ENABLE_ONEDNN_OPTS=1',
        'TF_NUM_INTRAOP_THREADS=2',
        'TF_FORCE_GPU_ALLOW_GROWTH=true',
        'tf32: false',
      ],
    });
  });

  it('is of no interest on a processor where it is about a GPU, nor on a device that is not its own', () => {
    const settings = { oneDnn: true, intraOpThreads: 2, tf32: false };
    const nothing = { differing: [], unanswered: [] };
    expect(verifySettings(wanted, { name: 'tensorflow', settings })).toEqual(nothing);
    expect(verifySettings(wanted, { name: 'wasm' })).toEqual(nothing);
  });
});

import type { StoredChoice } from '@cantrip/core-tensor-gpu/tuning';

/** What mode `measure` of cudnn-tuner has stored. */
export const storedChoice: StoredChoice = {
  format: 1,
  name: 'digits/train.ts',
  hardware: 'AMD EPYC',
  threads: 2,
  place: '0123456789abcdef',
  device: 'tensorflow',
  version: 'TensorFlow 2.21.0',
  library: { path: '/lib/libtensorflow_cc.so.2', size: 10, modified: 20 },
  model: 'fedcba9876543210',
  batch: 'inputs[64,28,28,1]',
  environment: { TF_ENABLE_ONEDNN_OPTS: '1', TF_NUM_INTEROP_THREADS: '1' },
  compile: 'xla',
  ratio: 0.654,
  milliseconds: 121.6,
  measured: '2026-11-24T00:00:00.000Z',
  trials: 9,
};

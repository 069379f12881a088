import { isCantripError } from '@cantrip/errors';
import { tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { cudnnEnvironment, cudnnTuning } from '../src/index.ts';

describe('the environment of a mode', () => {
  it('lets TensorFlow measure in benchmark mode, which determinism would undo', () => {
    expect(cudnnEnvironment('benchmark')).toEqual({ TF_CUDNN_USE_AUTOTUNE: '1', TF_DETERMINISTIC_OPS: '0' });
  });

  it('asks for deterministic ops in deterministic mode', () => {
    expect(cudnnEnvironment('deterministic')).toEqual({ TF_DETERMINISTIC_OPS: '1' });
  });

  it('stops the measuring in mode off', () => {
    expect(cudnnEnvironment('off')).toEqual({ TF_CUDNN_USE_AUTOTUNE: '0' });
  });

  it('is empty in mode measure, which sets what it has measured', () => {
    expect(cudnnEnvironment('measure')).toEqual({});
  });

  it('holds the settings that are given, and nothing for the others', () => {
    const all = {
      deterministic: true,
      tf32: false,
      memoryGrowth: true,
      oneDnn: false,
      intraOpThreads: 3,
      interOpThreads: 1,
    } as const;
    expect(cudnnEnvironment('off', all)).toEqual({
      TF_CUDNN_USE_AUTOTUNE: '0',
      TF_DETERMINISTIC_OPS: '1',
      NVIDIA_TF32_OVERRIDE: '0',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      TF_ENABLE_ONEDNN_OPTS: '0',
      TF_NUM_INTRAOP_THREADS: '3',
      TF_NUM_INTEROP_THREADS: '1',
    });
    expect(cudnnEnvironment('benchmark', { deterministic: true })['TF_DETERMINISTIC_OPS']).toBe('1');
    expect(cudnnTuning({ mode: 'off', ...all }).environment).toEqual(cudnnEnvironment('off', all));
  });

  it('leaves XLA to the trainer', () => {
    expect(cudnnTuning({ compile: 'xla' }).compile).toBe('xla');
  });

  it('is what the plugin asks the trainer for', () => {
    for (const mode of ['benchmark', 'deterministic', 'off'] as const) {
      expect(cudnnTuning({ mode }).environment).toEqual(cudnnEnvironment(mode));
    }
    expect(cudnnTuning().environment).toEqual(cudnnEnvironment('benchmark'));
  });

  it('is given anew each time, so that nobody can change it for another', () => {
    const first = cudnnEnvironment('off') as Record<string, string>;
    first['TF_CUDNN_USE_AUTOTUNE'] = '1';
    expect(cudnnEnvironment('off')).toEqual({ TF_CUDNN_USE_AUTOTUNE: '0' });
  });
});

describe('two plugins that want different things', () => {
  const other = { name: 'other', environment: { TF_DETERMINISTIC_OPS: '1' } };

  it('are an error that names both', () => {
    const error = thrownBy(() => tinyTrainer([other, cudnnTuning({ mode: 'benchmark' })]));
    expect(isCantripError(error) && error.code).toBe('ENVIRONMENT_CONFLICT');
    expect((error as Error).message).toMatch(/^\[cudnn-tuner\].*TF_DETERMINISTIC_OPS=0.*other/);
  });

  it('are fine where they agree', () => {
    for (const mode of ['deterministic', 'off'] as const) {
      expect(() => tinyTrainer([other, cudnnTuning({ mode })]).dispose()).not.toThrow();
    }
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

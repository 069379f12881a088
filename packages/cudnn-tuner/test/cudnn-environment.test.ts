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
    tinyTrainer([other, cudnnTuning({ mode: 'deterministic' })]).dispose();
    tinyTrainer([other, cudnnTuning({ mode: 'off' })]).dispose();
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

import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Device, openDevice } from '../../src/index.ts';

const listeners = ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event));
let device: Device;
beforeAll(async () => {
  device = await openDevice('wasm');
});

describe('the wasm device', () => {
  test('describes what it is', () => {
    const description = device.describe();
    expect(description).toMatchObject({
      name: 'wasm',
      version: 'tfjs-backend-wasm 4.22.0',
      threads: Math.min(availableParallelism(), 8),
    });
    expect(description.library).toMatch(/tfjs-backend-wasm$/);
    expect(tf.getBackend()).toBe('wasm');
  });

  test('leaves what it borrowed of Node as it was, and lets the process end', () => {
    expect('Worker' in globalThis).toBe(false);
    expect(cpus().length).toBeGreaterThanOrEqual(availableParallelism());
    const source = fileURLToPath(new URL('../../src/index.ts', import.meta.url));
    const program = `import { openDevice } from ${JSON.stringify(source)}; await openDevice('wasm'); console.log('open');`;
    const tsx = ['--import', 'tsx', '--conditions=@cantrip/source', '--input-type=module', '-e', program];
    const { stdout, status } = spawnSync(process.execPath, tsx, { encoding: 'utf8', timeout: 30_000 });
    expect([stdout.trim(), status]).toEqual(['open', 0]);
  });

  test('does not stand between the program and its errors', () => {
    expect(['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event))).toEqual(
      listeners,
    );
  });

  test('has every kernel of the cpu backend but those that training has no use for', async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    const names = (backend: string): string[] =>
      tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
    const present = new Set(names('wasm'));
    const absent = names('cpu').filter((name) => !present.has(name));
    expect(absent.sort()).toEqual([
      // Complex numbers and Fourier transforms.
      'Complex',
      'ComplexAbs',
      'Draw', // to a canvas
      'FFT',
      'IFFT',
      'Imag',
      // Ragged tensors and strings, which have no gradients.
      'RaggedGather',
      'RaggedRange',
      'RaggedTensorToTensor',
      'Real',
      'StaticRegexReplace',
    ]);
  });
});

import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sgd } from '@cantrip/optimizers';
import { presentDevices } from '@cantrip/testing';
import {
  type AnyPlugin,
  type ModelFunction,
  softmaxCrossEntropy,
  type TrainerOptions,
} from '@cantrip/trainer';
import { type DeviceName, openDevice } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { formatProfile, profileSteps, type StepProfile } from '@cantrip/inspect';

const devices = await presentDevices(['tensorflow', 'wasm', 'cpu']);

const net = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
      layers.flatten(),
      layers.dense({ units: 3 }),
    ],
  });

const optionsOf = (device: DeviceName, more: Partial<TrainerOptions> = {}): TrainerOptions => ({
  device,
  model: net,
  optimizer: sgd({ learningRate: 0.1 }),
  loss: softmaxCrossEntropy(),
  ...more,
});
const images = Array.from({ length: 4 }, (_, i) =>
  Array.from({ length: 6 }, () => Array.from({ length: 6 }, () => [i / 4])),
);
const data = { inputs: images, targets: [0, 1, 2, 0], batchSize: 2 };

describe.each(devices)('profileSteps on %s', (device) => {
  it('finds the ops of a step, with counts and shares that add up', async () => {
    const profile = await profileSteps(optionsOf(device), data, { steps: 3, warmUp: 1 });
    expect(profile).toMatchObject({ format: 'cantrip-profile', version: 1, steps: 3, device });
    const { rows, step } = profile;
    expect(rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    const times = rows.map(({ milliseconds }) => milliseconds);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    // An op within another one is not counted twice, so the ops take no longer than the step.
    expect(rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0)).toBeLessThan(1.5 * step);
    const count = (op: RegExp): number =>
      rows.filter((row) => op.test(row.op)).reduce((sum, row) => sum + row.count, 0);
    expect(count(/^(Fused)?Conv2D$/)).toBe(1);
    expect(count(/Conv2DBackpropFilter/)).toBe(1);
    expect(count(/Conv2DBackpropInput/)).toBe(0);
    expect('capturedStep' in profile).toBe(device === 'tensorflow');
    expect(formatProfile(profile)).toMatch(/^op +count +ms +share\n─+\n/);
  });
});

describe('profileSteps', () => {
  const [device = 'cpu'] = devices;

  it('works for a model that is a function with variables', async () => {
    const model = (): ModelFunction => {
      const kernel = tf.variable(tf.ones([36, 3]), true, 'profiled/kernel');
      return (inputs) => tf.matMul(tf.reshape(inputs as tf.Tensor, [-1, 36]), kernel);
    };
    const { rows } = await profileSteps(optionsOf(device, { model }), data, { steps: 1 });
    const products = rows.filter(({ op }) => /MatMul/.test(op));
    expect(products.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(2);
  });

  it('writes profile.json as a whole, into a folder that it makes', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'profile-')), 'runs/one');
    const profile = await profileSteps(optionsOf(device), data, { steps: 1, warmUp: 0, folder });
    expect(readdirSync(folder)).toEqual(['profile.json']);
    expect(JSON.parse(readFileSync(join(folder, 'profile.json'), 'utf8'))).toEqual(profile);
  });

  it('gives a model that exists already its weights back, and leaks no tensor', async () => {
    await openDevice(device);
    const model = net();
    const weights = (): number[] => model.getWeights().flatMap((one) => [...one.dataSync()]);
    const before = weights();
    await profileSteps(optionsOf(device, { model }), data, { steps: 2 });
    expect(weights()).toEqual(before);
    await profileSteps(optionsOf(device, { model: () => model }), data, { steps: 2 });
    expect(weights()).toEqual(before);
    const tensors = tf.memory().numTensors;
    await profileSteps(optionsOf(device, { model }), data, { steps: 2 });
    await profileSteps(optionsOf(device), data, { steps: 2 });
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('leaves out plugins that write files, in lists and promises too, and keeps the others', async () => {
    const called: string[] = [];
    const plugin = (name: string, more: Partial<AnyPlugin> = {}): AnyPlugin => ({
      name,
      onTrainBegin: () => void called.push(name),
      ...more,
    });
    const writer = plugin('writer', { onSave: () => undefined });
    const store = plugin('store', {
      store: { save: () => Promise.resolve(), load: () => Promise.resolve(undefined) },
    });
    const plugins = [
      writer,
      [store],
      Promise.resolve(store),
      plugin('trick'),
      Promise.resolve(plugin('promised')),
    ];
    await profileSteps(optionsOf(device, { plugins, capture: false }), data, { steps: 1 });
    expect(called).toEqual(['trick', 'promised']);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'no options',
      () => profileSteps(undefined as never, data),
      '[profileSteps] options must be the options of createTrainer, got undefined.',
    ],
    ['no steps', () => profileSteps(optionsOf('cpu'), data, { steps: 0 }), '[profileSteps] steps'],
    ['an unknown option', () => profileSteps(optionsOf('cpu'), data, { step: 1 } as never), 'step'],
  ])('refuses %s', async (_, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });

  it('refuses a device whose ops go on after they return', async () => {
    const cpu = await openDevice('cpu');
    const webgpu = { ...cpu, describe: () => ({ ...cpu.describe(), name: 'webgpu' }) };
    await expect(profileSteps(optionsOf('cpu', { device: webgpu }), data)).rejects.toThrow(
      '[profileSteps] the ops of the device webgpu go on after they return, so their times are not known.',
    );
  });
});

describe('formatProfile', () => {
  const profile: StepProfile = {
    ...({
      format: 'cantrip-profile',
      version: 1,
      steps: 10,
      device: 'wasm',
      step: 2.5,
      capturedStep: 1,
    } as const),
    rows: [
      { op: 'Conv2D', count: 3, milliseconds: 1.5, share: 0.75 },
      ...Array.from({ length: 21 }, (_, i) => ({
        op: `Op${i}`,
        count: 1,
        milliseconds: 0.025,
        share: 0.0125,
      })),
    ],
  };

  it('shows the 20 ops that take longest, and the rest in one line', () => {
    const lines = formatProfile(profile).split('\n');
    expect(lines).toHaveLength(2 + 20 + 1 + 2 + 2);
    expect(lines[2]).toBe('Conv2D           3  1.500   75.0 %');
    expect(lines[22]).toBe('2 other ops      2  0.050    2.5 %');
    expect(lines.slice(-3)).toEqual([
      'all             24  2.025  101.2 %',
      'A step op by op takes 2.500 ms on wasm: the median of 10 steps.',
      'A captured step takes 1.000 ms.',
    ]);
  });

  it('refuses what is no profile', () => {
    expect(() => formatProfile({} as StepProfile)).toThrow(
      '[formatProfile] profile must be what profileSteps returned',
    );
  });
});

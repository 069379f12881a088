import { EventEmitter } from 'node:events';
import {
  presentDevices,
  type Runner,
  testTogether,
  type TestTogetherOptions,
  tinyModel,
  type TrickTogether,
} from '@cantrip/testing';
import type { AnyPlugin, Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

const isAbsent = !(await presentDevices(['tensorflow'])).includes('tensorflow');

/** What each test that testTogether defines ends in; undefined where it passes. */
async function endings(
  tricks: readonly TrickTogether[],
  options?: TestTogetherOptions,
): Promise<Readonly<Record<string, string | undefined>>> {
  const tests: [string, () => Promise<void>][] = [];
  const runner: Runner = {
    describe: (_, define) => define(),
    it: (name, check) => void tests.push([name, () => check()]),
  };
  testTogether(tricks, runner, options);
  const found: Record<string, string | undefined> = {};
  for (const [name, check] of tests) {
    found[name] = await check().then(
      () => undefined,
      (error: Error) => error.message,
    );
  }
  return found;
}

const half = (name = 'half-loss', more: Partial<Plugin> = {}): TrickTogether => ({
  name,
  create: () => ({ name, transformLoss: (loss) => tf.mul(loss, 0.5), ...more }),
});

describe.skipIf(isAbsent)('testTogether', () => {
  it('tests each pair in the order that the plugins ask for, and in both where they share a hook', async () => {
    const other = half('other', {
      transformLoss: undefined as never,
      scheduleLearningRate: (rate) => rate / 2,
    });
    expect(await endings([half('last', { after: ['first'] }), half('first'), half('third'), other])).toEqual({
      'first with last': undefined,
      'last with third': undefined,
      'third with last': undefined,
      'first with third': undefined,
      'third with first': undefined,
      'last with other': undefined,
      'first with other': undefined,
      'third with other': undefined,
    });
  });

  it('finds what two tricks compute wrongly in one order alone', async () => {
    // The first that is told of a loss counts recordings where the step is captured.
    let count = 0;
    const recorded: TrickTogether = {
      name: 'recorded',
      create: () => ({ name: 'recorded', transformLoss: (loss) => (count++, loss) }),
    };
    const reading: TrickTogether = {
      name: 'reading',
      create() {
        count = 0;
        return { name: 'reading', transformLoss: (loss) => tf.mul(loss, 1 / (1 + count)) };
      },
    };
    const found = await endings([reading, recorded]);
    expect(Object.keys(found)).toEqual(['reading with recorded', 'recorded with reading']);
    expect(found['recorded with reading']).toContain('op by op');
  });

  it('finds a trick that is wrong only beside another', async () => {
    // Op by op it counts steps; captured it counts recordings.
    const losses = new EventEmitter();
    let count = 0;
    losses.on('loss', () => count++);
    const counted: TrickTogether = {
      name: 'counted',
      create: () => ({ name: 'counted', transformLoss: (loss) => (losses.emit('loss'), loss) }),
    };
    const reading: TrickTogether = {
      name: 'reading',
      create: () => ({ name: 'reading', scheduleLearningRate: (rate) => rate / (1 + count) }),
    };
    const found = await endings([counted, half(), reading]);
    expect(found['counted with half-loss']).toBeUndefined();
    expect(found['counted with reading']).toMatch(
      /^\[counted with reading\] does not keep "two tricks in one run" on TensorFlow: .+ is .+, and is .+ op by op\. .+ \(TRICK_BROKEN\)$/,
    );
  });

  it('finds a count that a resumed run begins again', async () => {
    const forgetful = (): AnyPlugin => {
      let calls = 0;
      return { name: 'forgetful', scheduleLearningRate: (rate) => rate * 0.9 ** calls++ };
    };
    const found = await endings([half(), { name: 'forgetful', create: forgetful }]);
    expect(found['half-loss with forgetful']).toContain('in the run that was not stopped at step 10');
  });

  it('finds what two patches leave of a model that are undone in the wrong order', async () => {
    const patching = (name: string): TrickTogether => ({
      name,
      create: () => ({
        name,
        setup: ({ model }) => {
          const [layer] = (model as LayersModel).layers;
          (layer as unknown as Record<string, unknown>)[`mark of ${name}`] = true;
          return undefined;
        },
      }),
    });
    const found = await endings([patching('left'), patching('right')]);
    expect(found['left with right']).toMatch(/mark of (left|right) of layer \w+ is true, and was absent/);
  });

  it('begins with the same weights each time, whatever model is given', async () => {
    const first = new Set<string>();
    for (const _ of ['once', 'again']) {
      const model = (): LayersModel => {
        const made = tinyModel();
        first.add(String(made.getWeights()[0]!.dataSync()));
        return made;
      };
      expect(await endings([half(), half('other')], { model })).toEqual({
        'half-loss with other': undefined,
        'other with half-loss': undefined,
      });
    }
    expect([...first]).toHaveLength(1);
  });

  it('asks that a pair that is refused is refused by createTrainer', async () => {
    const refusing = half('alone', { conflicts: { 'half-loss': 'both halve the loss' } });
    expect(await endings([half(), refusing])).toEqual({ 'half-loss with alone': undefined });
  });

  it.each([[], [half()], [half(), {}], 'half'])('refuses %o with a sentence', (tricks) => {
    expect(() => testTogether(tricks as never, { describe, it })).toThrow(
      /^\[testTogether\] tricks must be an array of two or more .+\(OPTION_INVALID\)$/,
    );
  });
});

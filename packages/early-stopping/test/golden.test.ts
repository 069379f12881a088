import { sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, presentWays, weightsOf } from '@cantrip/testing';
import { meanSquaredError } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { earlyStopping, type Judgement, judgeFigure, type StoppingRule, unjudged } from '../src/index.ts';

interface Sequence {
  readonly mode: 'min' | 'max';
  readonly options: Readonly<Record<'patience', number> & Partial<Record<'min_delta' | 'baseline', number>>>;
  readonly values: readonly (number | 'NaN')[];
  readonly waits: readonly number[];
  readonly bests: readonly number[];
  readonly epochs: number;
  readonly stopped: boolean;
  readonly restored: number;
}

interface Training {
  readonly epochs: number;
  readonly patience: number;
  readonly momentum: number;
  readonly inputs: number[][];
  readonly tests: number[][];
  readonly losses: readonly number[];
  readonly kernel: readonly number[];
  readonly bias: readonly number[];
}

interface Cases {
  readonly sequences: Readonly<Record<string, Sequence>>;
  readonly trainings: Readonly<Record<string, Training>>;
}

const { cases, tolerance } = loadGolden<Cases>(new URL('./golden.json', import.meta.url));

describe('judgeFigure decides as Keras does', () => {
  it.each(Object.entries(cases.sequences))('%s', (_, { mode, options, values, ...wanted }) => {
    const { patience, min_delta: minDelta, baseline } = options;
    const rule: StoppingRule = { mode, patience, minDelta, baseline };
    const waits: number[] = [];
    const bests: (number | undefined)[] = [];
    let judgement: Judgement = unjudged;
    let restored = 0;
    let stopped = false;
    for (const value of values) {
      const judged = judgeFigure(judgement, Number(value), rule);
      judgement = judged.judgement;
      waits.push(judgement.wait);
      bests.push(judgement.best);
      if (judged.improved) restored = waits.length;
      stopped = judged.stop;
      if (stopped) break;
    }
    expect({ waits, bests, restored, stopped, epochs: waits.length }).toEqual(wanted);
  });
});

describe('NaN', () => {
  const rule: StoppingRule = { mode: 'min', patience: 2 };

  it('never improves, not even as the first figure', () => {
    const first = judgeFigure(unjudged, NaN, rule);
    expect(first).toEqual({ judgement: { best: undefined, wait: 1 }, improved: false, stop: false });
    expect(judgeFigure(first.judgement, 5, rule).improved).toBe(true);
    expect(judgeFigure(first.judgement, NaN, rule).stop).toBe(true);
  });
});

const targetsOf = (inputs: number[][]): number[][] => inputs.map(([x]) => [2 * x! + 1]);

describe.each(await presentWays())('training $name', ({ tinyTrainer }) => {
  it.each(Object.entries(cases.trainings))('ends with the weights of Keras: %s', async (_, one) => {
    const { inputs, tests, momentum, patience, epochs } = one;
    const trainer = tinyTrainer([earlyStopping({ patience })], {
      model: () =>
        sequential({
          layers: [layers.dense({ units: 1, kernelInitializer: 'zeros', inputShape: [1], name: 'line' })],
        }),
      optimizer: sgd({ learningRate: 0.05, momentum }),
      loss: meanSquaredError(),
      metrics: [],
    });
    const history = await trainer.fit(
      { inputs, targets: targetsOf(inputs), batchSize: 4, shuffle: false },
      { epochs, validation: { inputs: tests, targets: targetsOf(tests) } },
    );
    expectClose(
      history.epochs.map((logs) => logs['validation_loss']!),
      one.losses,
      tolerance,
    );
    const weights = await weightsOf(trainer);
    expectClose(weights['line/kernel']!, one.kernel, tolerance);
    expectClose(weights['line/bias']!, one.bias, tolerance);
    trainer.dispose();
  });
});

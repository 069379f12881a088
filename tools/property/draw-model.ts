import fc from 'fast-check';
import type { BodyDraw, HeadDraw, InputDraw, ModelDraw, RecurrentKind } from './case.ts';

/** `dense`: what the reference loop knows. */
export type Layers = 'dense' | 'any';

const recurrent = fc.constantFrom<RecurrentKind[]>('simpleRNN', 'gru', 'lstm', 'bidirectional');
const calls = fc.integer({ min: 1, max: 2 });

const numbers: fc.Arbitrary<InputDraw> = fc.record({
  kind: fc.constant('numbers' as const),
  width: fc.integer({ min: 1, max: 4 }),
});
const tokens: fc.Arbitrary<InputDraw> = fc.record({
  kind: fc.constant('tokens' as const),
  vocabulary: fc.integer({ min: 1, max: 5 }),
  length: fc.integer({ min: 1, max: 3 }),
  then: fc.oneof(fc.constantFrom('average' as const, 'flatten' as const), recurrent),
});
const sequence: fc.Arbitrary<InputDraw> = fc.record({
  kind: fc.constant('sequence' as const),
  length: fc.integer({ min: 1, max: 3 }),
  width: fc.integer({ min: 1, max: 3 }),
  by: recurrent,
});

const dense: fc.Arbitrary<BodyDraw> = fc.record({
  kind: fc.constant('dense' as const),
  activation: fc.constantFrom('linear' as const, 'tanh' as const, 'sigmoid' as const, 'relu' as const),
  calls,
});
const batchNorm: fc.Arbitrary<BodyDraw> = fc.record({ kind: fc.constant('batchNorm' as const), calls });

const units = fc.integer({ min: 1, max: 3 });
const classes = fc.integer({ min: 2, max: 4 });
const head: fc.Arbitrary<HeadDraw> = fc.oneof(
  fc.record({ loss: fc.constant('meanSquaredError' as const), units }),
  fc.record({ loss: fc.constant('sigmoidCrossEntropy' as const), units }),
  fc.record({
    loss: fc.constant('softmaxCrossEntropy' as const),
    units: classes,
    classWeights: fc.boolean(),
  }),
  fc.record({
    loss: fc.constant('smoothedCrossEntropy' as const),
    units: classes,
    classWeights: fc.boolean(),
    ignoreIndex: fc.constantFrom(-100, 255, 0),
    smoothing: fc.constantFrom(0, 0.1, 0.5),
  }),
);

/** Small models: one or two inputs and outputs, layers that are shared or called twice. */
export function drawModel(layers: Layers): fc.Arbitrary<ModelDraw> {
  const input = layers === 'dense' ? numbers : fc.oneof(numbers, tokens, sequence);
  const part = layers === 'dense' ? dense : fc.oneof(dense, batchNorm);
  return fc
    .record({
      form:
        layers === 'dense'
          ? fc.constantFrom('layers' as const, 'function' as const)
          : fc.constant('layers' as const),
      inputs: fc.array(input, { minLength: 1, maxLength: 2 }),
      shared: fc.boolean(),
      width: fc.integer({ min: 1, max: 4 }),
      body: fc.array(part, { maxLength: 2 }),
      heads: fc.array(head, { minLength: 1, maxLength: 2 }),
    })
    .map((model) => ({ ...model, shared: model.shared && canShare(model.inputs) }));
}

function canShare([first, second]: readonly InputDraw[]): boolean {
  return first?.kind === 'numbers' && second?.kind === 'numbers' && first.width === second.width;
}

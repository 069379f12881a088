import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { accumulateGradients, adam, type Optimizer, type RunningOptimizer } from '@cantrip/optimizers';
import type { Way } from '@cantrip/testing';
import {
  type AnyPlugin,
  type Batch,
  type BatchSource,
  type Plugin,
  type Snapshot,
  softmaxCrossEntropy,
  type Tensors,
  type Trainer,
} from '@cantrip/trainer';

/** Where a step can fail. */
export const places = [
  'scheduleLearningRate',
  'scheduleScalars',
  'transformVariables',
  'transformBatch',
  'wrapGradients',
  'model',
  'transformOutputs',
  'transformTargets',
  'loss',
  'transformLoss',
  'metric',
  'transformGradients',
  'optimizer before its update',
  'optimizer in its update',
  'optimizer after its update',
  'constraint',
  'TensorFlow at a first call',
] as const;
export type Place = (typeof places)[number] | 'TensorFlow at a later call';

/** The last batch of each epoch is smaller, so that a captured step is recorded for it, and its JavaScript runs. */
const small = 5;

export interface Breaking {
  readonly trainer: Trainer;
  /** What the run was after each step. */
  readonly after: ReadonlyMap<number, Snapshot>;
  readonly log: readonly string[];
  /** Lets steps succeed from now on. */
  mend(): void;
}

/** Three batches of 8 and a last one of 5, at which a step fails at one place. */
export const data: BatchSource = {
  batchesPerEpoch: 4,
  *batches({ epoch, start }) {
    for (let batch = start; batch < 4; batch++) {
      const size = batch === 3 ? small : 8;
      const values = Float32Array.from({ length: size * 36 }, (_, i) => Math.sin(i * (batch + 2) + epoch));
      const targets = Int32Array.from({ length: size }, (_, i) => (i + batch) % 3);
      yield {
        inputs: { values, shape: [size, 6, 6, 1] },
        targets: { values: targets, shape: [size] },
        size,
      };
    }
  },
};

/** A trainer of a network with normalisation, dropout and a constraint, whose steps fail at a place until it is mended. */
export function breakingTrainer(
  { tinyTrainer }: Way,
  place: Place | undefined,
  batchesPerStep: number,
): Breaking {
  let broken = true;
  /** In a map: a number that the step changes would be its state, so that it could not be captured. */
  const seen = new Map<'rows', number>();
  const at = (here: Place): void => {
    if (broken && place === here && seen.get('rows') === small) throw new Error(`${here} is broken`);
  };
  const watch: AnyPlugin = {
    name: 'watch',
    transformBatch: (batch: Batch) => {
      seen.set('rows', (batch.inputs as tf.Tensor).shape[0]!);
      return batch;
    },
  };
  const hook = (name: string): AnyPlugin => ({
    name: 'breaks',
    ...(name === 'wrapGradients'
      ? {
          wrapGradients: (next) => {
            const gradients = next();
            at(name);
            return gradients;
          },
        }
      : { [name]: (value: unknown) => (at(name as Place), value) }),
  });
  const after = new Map<number, Snapshot>();
  const keep: Plugin = {
    name: 'keep',
    onStepEnd: async ({ step }) => void after.set(step, await trainer.save()),
  };
  let fault: tf.Variable | undefined;
  const setFault = (value: number): void => tf.tidy(() => fault?.assign(tf.scalar(value)));
  const before: AnyPlugin = {
    name: 'before',
    onEpochBegin: ({ epoch }) => {
      if (broken && epoch === 1) setFault(1);
    },
    scheduleLearningRate: (rate, { batch }) => {
      // Schedules run before the batch is seen.
      seen.set('rows', batch + batchesPerStep === 4 ? small : 8);
      return rate;
    },
  };
  const hooked = place !== undefined && /^(transform|schedule|wrap)/.test(place);
  const breaks: AnyPlugin = hooked ? hook(place) : { name: 'breaks' };
  const log: string[] = [];
  const faultOf = (): tf.Variable | undefined => {
    if (!place?.startsWith('TensorFlow')) return undefined;
    return (fault = tf.variable(tf.scalar(place.endsWith('a first call') ? 1 : 0), false));
  };
  const trainer = tinyTrainer([before, watch, breaks, keep], {
    model: () => model(at),
    optimizer: optimizer(at, faultOf, batchesPerStep),
    loss: (targets, outputs) => {
      at('loss');
      return softmaxCrossEntropy().compute(targets as tf.Tensor, outputs as tf.Tensor);
    },
    metrics: [
      {
        name: 'norm',
        compute: (_: unknown, outputs: unknown) => {
          at('metric');
          return tf.norm(outputs as tf.Tensor) as tf.Scalar;
        },
      } as never,
    ],
    reporter: false,
    log: (message) => log.push(message),
  });
  const mend = (): void => {
    broken = false;
    setFault(0);
  };
  return { trainer, after, log, mend };
}

function model(at: (place: Place) => void): tfl.LayersModel {
  const constraint = tfl.constraints.nonNeg();
  constraint.apply = (weight) => {
    at('constraint');
    return tf.clipByValue(weight, -1, 1);
  };
  return tfl.sequential({
    layers: [
      tfl.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [6, 6, 1] }),
      tfl.layers.batchNormalization({ momentum: 0.5 }),
      tfl.layers.flatten(),
      tfl.layers.dropout({ rate: 0.25 }),
      new Breakable(() => at('model')),
      tfl.layers.dense({ units: 3, kernelConstraint: constraint }),
    ],
  });
}

class Breakable extends tfl.layers.Layer {
  static readonly className = 'Breakable';
  readonly #check: () => void;

  constructor(check: () => void) {
    super({});
    this.#check = check;
  }

  override call(inputs: Tensors | tf.Tensor[]): tf.Tensor {
    this.#check();
    return Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : (inputs as tf.Tensor);
  }

  override computeOutputShape(shape: tfl.Shape): tfl.Shape {
    return shape;
  }
}

function optimizer(
  at: (place: Place) => void,
  faultOf: () => tf.Variable | undefined,
  batchesPerStep: number,
): Optimizer {
  const inner = adam({ learningRate: 0.05 });
  const start: Optimizer['start'] = (...parameters): RunningOptimizer => {
    const running = inner.start(...parameters);
    const fault = faultOf();
    return {
      ...running,
      apply(update) {
        at('optimizer before its update');
        const [name] = Object.keys(update.variables) as [string];
        const { [name]: variable, ...others } = update.variables;
        const { [name]: gradient, ...rest } = update.gradients;
        running.apply({ ...update, variables: others, gradients: rest });
        at('optimizer in its update');
        running.apply({ ...update, variables: { [name]: variable! }, gradients: { [name]: gradient! } });
        at('optimizer after its update');
        if (!fault) return;
        // Known only when the values are there: an index out of range where the examples do not fill the batches.
        const short = tf.cast(tf.notEqual(update.weight!, 8 * batchesPerStep), 'float32');
        const found = tf.gather(tf.zeros([2]), tf.cast(tf.mul(tf.mul(short, fault), 9), 'int32'));
        variable!.assign(tf.add(variable!, found) as tf.Variable);
      },
    };
  };
  const wrapped: Optimizer = { ...inner, name: 'breakable', start };
  return batchesPerStep === 1 ? wrapped : accumulateGradients(wrapped, { steps: batchesPerStep });
}

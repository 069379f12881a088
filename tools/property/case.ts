/** What a model reads: numbers `[examples, width]`, whole numbers below `vocabulary`, or steps of numbers. */
export type InputDraw =
  | { readonly kind: 'numbers'; readonly width: number }
  | {
      readonly kind: 'tokens';
      readonly vocabulary: number;
      readonly length: number;
      readonly then: TokensThen;
    }
  | {
      readonly kind: 'sequence';
      readonly length: number;
      readonly width: number;
      readonly by: RecurrentKind;
    };

export type RecurrentKind = 'simpleRNN' | 'gru' | 'lstm' | 'bidirectional';
export type TokensThen = 'average' | 'flatten' | RecurrentKind;
export type ActivationDraw = 'linear' | 'tanh' | 'sigmoid' | 'relu';

/** What stands between inputs and outputs, `width` wide throughout, so that each layer may be called twice. */
export type BodyDraw =
  | { readonly kind: 'dense'; readonly activation: ActivationDraw; readonly calls: number }
  | { readonly kind: 'batchNorm'; readonly calls: number };

/** An output and its loss. */
export type HeadDraw =
  | { readonly loss: 'meanSquaredError'; readonly units: number }
  | { readonly loss: 'sigmoidCrossEntropy'; readonly units: number }
  | { readonly loss: 'softmaxCrossEntropy'; readonly units: number; readonly classWeights: boolean }
  | {
      readonly loss: 'smoothedCrossEntropy';
      readonly units: number;
      readonly classWeights: boolean;
      readonly ignoreIndex: number;
      readonly smoothing: number;
    };

export interface ModelDraw {
  /** A function of tensors has dense layers alone. */
  readonly form: 'layers' | 'function';
  readonly inputs: readonly InputDraw[];
  /** Whether two inputs of numbers go through one layer. */
  readonly shared: boolean;
  readonly width: number;
  readonly body: readonly BodyDraw[];
  readonly heads: readonly HeadDraw[];
  /** Moves each first weight by one rounding, up or down by this seed; not drawn. */
  readonly nudge?: number;
}

export interface DataDraw {
  readonly seed: number;
  readonly examples: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly weighted: boolean;
  /** Examples that are validated on; 0 for none. */
  readonly validation: number;
}

export interface RunDraw {
  readonly epochs: number;
  readonly learningRate: number;
  readonly momentum: number;
  /** Batches in a step. */
  readonly accumulate: number;
  readonly schedule: boolean;
  /** What the plugin smooths of the labels of the first output; 0 for no plugin. */
  readonly labelSmoothing: number;
  readonly freezeBatchNorm: boolean;
  /** After so many steps the run is saved, and goes on in a new trainer with batches of another size. */
  readonly stop: { readonly step: number; readonly batchSize: number } | null;
}

/** Everything that decides a training, as plain data, so that a counterexample can be read and run again. */
export interface Case {
  readonly model: ModelDraw;
  readonly data: DataDraw;
  readonly run: RunDraw;
}

/** The seed of every run: it decides the order of shuffled examples. */
export const RUN_SEED = 7;

export const outputName = (at: number): string => `head${at}`;

/** Numbers on the host, on their way to the device. */
export interface HostTensor {
  /** Row-major values. Bytes stay bytes until they are on the device and become float32 there. */
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
  /** Applied on the device to bytes: `value * scale + offset`, each a number or one number for each channel. */
  readonly normalization?: Normalization;
}

export interface Normalization {
  readonly scale: number | readonly number[];
  readonly offset: number | readonly number[];
}

/** One host tensor, or several by name. */
export type HostTensors = HostTensor | Readonly<Record<string, HostTensor>>;

/** A batch on the host. */
export interface HostBatch {
  readonly inputs: HostTensors;
  readonly targets: HostTensors;
  /** What each example counts as, `[batch]`, or each place in it; or such weights by output. By default all are 1. */
  readonly weights?: HostTensors | undefined;
  /** Examples in this batch: fewer than its rows where rows at the end only fill it up. */
  readonly size: number;
  /**
   * Gives the batch back when nobody reads its numbers any more, so that its source may write another batch in their
   * place. Nobody has to: a batch that is not given back stays as it is.
   */
  readonly release?: () => void;
}

/** Numbers on the host that will be copied to the device. */
export interface HostTensor {
  /** Row-major values. Bytes are copied as bytes and become float32 on the device. */
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
  /**
   * Applied to bytes on the device: `value * scale + offset`. Each factor is one number, or one number for each
   * channel.
   */
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
  /**
   * The weight of each example, `[batch]`, or of each position in it; or such weights by output. All weights are 1
   * by default.
   */
  readonly weights?: HostTensors | undefined;
  /** The number of examples in this batch. It is less than the number of rows if the last rows are padding. */
  readonly size: number;
  /**
   * Returns the batch to its source when nobody reads its values any more. The source may then overwrite them.
   * Calling it is optional: without it, the batch stays unchanged.
   */
  readonly release?: () => void;
}

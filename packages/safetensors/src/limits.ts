/** What a header may hold. */
export interface Limits {
  /** The length of the header in bytes. */
  readonly maxHeaderBytes: number;
  /** The number of tensors, and of entries of the metadata. */
  readonly maxTensors: number;
  /** The length of a name in bytes of UTF-8, of a tensor or in the metadata. */
  readonly maxNameBytes: number;
}

/** The limits unless options say otherwise. The reference implementation has the first one too. */
export const defaultLimits: Limits = {
  maxHeaderBytes: 100_000_000,
  maxTensors: 100_000,
  maxNameBytes: 4096,
};

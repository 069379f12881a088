/** The numbers that a metric keeps of all batches, by name. A snapshot from the middle of an epoch contains them. */
export type Kept = Readonly<Record<string, Float64Array | Float32Array>>;

/** What `tally` returned for one batch, on the host. */
export interface TalliedBatch {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Numbers in rows and columns, for example a confusion matrix. */
export interface Table {
  /** What the rows are, e.g. `target`. */
  readonly rowsAre: string;
  /** What the columns are, e.g. `prediction`. */
  readonly columnsAre: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** One array for each row. */
  readonly values: readonly (readonly number[])[];
}

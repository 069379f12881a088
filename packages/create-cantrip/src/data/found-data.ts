/** What a project trains on. */
export type FoundData = ExampleData | ImageData | TableData;

/** No data were named: the project computes some. */
export interface ExampleData {
  readonly kind: 'example';
}

/** A folder of images with one folder for each class. */
export interface ImageData {
  readonly kind: 'images';
  /** The path from the project's folder. */
  readonly path: string;
  /** The size to which images are brought. */
  readonly size: readonly [height: number, width: number];
  readonly classes: readonly string[];
  readonly images: number;
}

/** A table in a file. */
export interface TableData {
  readonly kind: 'csv' | 'parquet';
  readonly path: string;
  readonly delimiter: string;
  readonly rows: number;
  readonly inputs: readonly InputColumn[];
  /** Columns that are not used, and why. */
  readonly leftOut: readonly LeftOut[];
  readonly target: Target;
}

/** A column that the model sees. */
export interface InputColumn {
  readonly name: string;
  readonly kind: 'number' | 'category';
  /** Whether a value is missing somewhere. */
  readonly hasGaps: boolean;
}

export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** The column that the model predicts. */
export interface Target {
  readonly name: string;
  /** Whether its numbers are classes; always true of texts. */
  readonly isClass: boolean;
  readonly kind: 'number' | 'category';
}

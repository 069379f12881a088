export { parseCsv, type CsvOptions } from './parse-csv.ts';
export { readCsv } from './read-csv.ts';
export { readParquet, type ParquetOptions } from './read-parquet.ts';
export type { Column, ColumnKind, Table } from './table.ts';
export { type Encoding, type EncodedColumn, type EncodingPlan, learnEncoding } from './learn-encoding.ts';
export { encode, type EncodedTable } from './encode.ts';

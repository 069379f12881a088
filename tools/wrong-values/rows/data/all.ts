import type { Rows } from '../../row.ts';
import { bucketedRows } from './bucketed.ts';
import { datasetRows } from './datasets.ts';
import { iterableRows } from './iterables.ts';
import { partRows } from './parts.ts';
import { readingRows } from './reading.ts';

/** Every export of the package. */
export const dataRows: Rows = {
  ...bucketedRows,
  ...datasetRows,
  ...iterableRows,
  ...partRows,
  ...readingRows,
};

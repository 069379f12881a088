import type { OpRow } from './op-row.ts';
import { convolutionRows } from './convolution.ts';
import { elementwiseRows } from './elementwise.ts';
import { fusedRows } from './fused.ts';
import { imageRows } from './image.ts';
import { indexingRows } from './indexing.ts';
import { matrixRows } from './matrix.ts';
import { namedRows } from './named.ts';
import { poolingRows } from './pooling.ts';
import { reductionRows } from './reduction.ts';
import { shapingRows } from './shaping.ts';
import { spectralRows } from './spectral.ts';
import { transformRows } from './transforms.ts';

/** Every op in every situation. */
export const opRows: readonly OpRow[] = [
  ...convolutionRows,
  ...elementwiseRows,
  ...fusedRows,
  ...imageRows,
  ...indexingRows,
  ...matrixRows,
  ...namedRows,
  ...poolingRows,
  ...reductionRows,
  ...shapingRows,
  ...spectralRows,
  ...transformRows,
];

import type { Rows } from '../../row.ts';
import { creatingRows } from './creating.ts';
import { figureRows } from './figures.ts';
import { fittingRows } from './fitting.ts';
import { restoringRows } from './restoring.ts';

/** Every export of the package. */
export const trainerRows: Rows = {
  ...figureRows,
  createTrainer: [...creatingRows, ...fittingRows, ...restoringRows],
};

import type { Rows } from './row.ts';
import { ablationRows } from './rows/ablation/all.ts';
import { cliRows } from './rows/cli.ts';
import { captureRows } from './rows/core-tensor-gpu/capture.ts';
import { deviceRows } from './rows/core-tensor-gpu/device.ts';
import { tuningRows } from './rows/core-tensor-gpu/tuning.ts';
import { cudnnTunerRows } from './rows/cudnn-tuner.ts';
import { dataRows } from './rows/data/all.ts';
import { errorRows } from './rows/errors.ts';
import { fileLockRows } from './rows/file-lock.ts';
import { freezeBnRows } from './rows/freeze-bn.ts';
import { labelSmoothingRows } from './rows/label-smoothing.ts';
import { curveRows } from './rows/lr-schedules/curves.ts';
import { inARunRows } from './rows/lr-schedules/in-a-run.ts';
import { opsRows } from './rows/ops.ts';
import { optimizerRows } from './rows/optimizers.ts';
import { seedRows } from './rows/seed.ts';
import { trainerRows } from './rows/trainer/all.ts';

/** The rows of every module that users import. */
export const allRows: Readonly<Record<string, Rows>> = {
  '@cantrip/ablation': ablationRows,
  '@cantrip/cli': cliRows,
  '@cantrip/core-tensor-gpu': { ...captureRows, ...deviceRows, ...tuningRows },
  '@cantrip/cudnn-tuner': cudnnTunerRows,
  '@cantrip/data': dataRows,
  '@cantrip/errors': errorRows,
  '@cantrip/file-lock': fileLockRows,
  '@cantrip/freeze-bn': freezeBnRows,
  '@cantrip/label-smoothing': labelSmoothingRows,
  '@cantrip/lr-schedules': { ...curveRows, ...inARunRows },
  '@cantrip/ops': opsRows,
  '@cantrip/optimizers': optimizerRows,
  '@cantrip/seed': seedRows,
  '@cantrip/trainer': trainerRows,
};

import type { Rows } from '../row.ts';
import { ablationRows } from './ablation/all.ts';
import { cliConfigRows, cliRows } from './foundation/cli.ts';
import { captureRows } from './core-tensor-gpu/capture.ts';
import { deviceRows } from './core-tensor-gpu/device.ts';
import { tuningRows } from './core-tensor-gpu/tuning.ts';
import { cudnnTunerRows } from './cudnn-tuner.ts';
import { dataRows } from './data/all.ts';
import { imageRows } from './data/images.ts';
import { tableRows } from './data/tables.ts';
import { distillationRows } from './distillation.ts';
import { earlyStoppingRows } from './early-stopping.ts';
import { errorRows } from './foundation/errors.ts';
import { checkpointRows } from './foundation/checkpoint.ts';
import { createCantripRows } from './foundation/create-cantrip.ts';
import { progressRows } from './foundation/progress.ts';
import { fileLockRows } from './foundation/file-lock.ts';
import { freezeBnRows } from './freeze-bn.ts';
import { gradientToolsRows } from './gradient-tools.ts';
import { inspectRows } from './foundation/inspect.ts';
import { labelSmoothingRows } from './label-smoothing.ts';
import { layerFreezingRows } from './layer-freezing.ts';
import { curveRows } from './lr-schedules/curves.ts';
import { inARunRows } from './lr-schedules/in-a-run.ts';
import { lookaheadRows } from './lookahead.ts';
import { metricsRows } from './foundation/metrics.ts';
import { mlflowRows } from './foundation/mlflow.ts';
import { mixupRows } from './mixup.ts';
import { opsRows } from './foundation/ops.ts';
import { optimizerRows } from './foundation/optimizers.ts';
import { pluginKitRows } from './foundation/plugin-kit.ts';
import { progressiveResizingRows } from './pictures/progressive-resizing.ts';
import { randomErasingRows } from './pictures/random-erasing.ts';
import { recipesRows } from './foundation/recipes.ts';
import { reportRows } from './foundation/report.ts';
import { runLogRows } from './foundation/run-log.ts';
import { safetensorsRows } from './foundation/safetensors.ts';
import { samRows } from './sam.ts';
import { seedRows } from './seed.ts';
import { blurpoolRows } from './changed-models/blurpool.ts';
import { squeezeExciteRows } from './changed-models/squeeze-excite.ts';
import { stochasticDepthRows } from './changed-models/stochastic-depth.ts';
import { tensorboardRows } from './foundation/tensorboard.ts';
import { testingRows } from './foundation/testing.ts';
import { trainerRows } from './trainer/all.ts';
import { weightAveragingRows } from './weight-averaging.ts';
import { weightsFilesRows, weightsRows } from './foundation/weights.ts';
import { zeroGammaRows } from './zero-gamma.ts';

/** The rows of every module that users import. */
export const allRows: Readonly<Record<string, Rows>> = {
  '@cantrip/ablation': ablationRows,
  '@cantrip/checkpoint': checkpointRows,
  '@cantrip/progress': progressRows,
  '@cantrip/cli': cliRows,
  '@cantrip/cli/config': cliConfigRows,
  '@cantrip/core-tensor-gpu': { ...captureRows, ...deviceRows },
  '@cantrip/core-tensor-gpu/tuning': tuningRows,
  '@cantrip/cudnn-tuner': cudnnTunerRows,
  '@cantrip/data': dataRows,
  '@cantrip/data/images': imageRows,
  '@cantrip/data/tables': tableRows,
  '@cantrip/distillation': distillationRows,
  '@cantrip/early-stopping': earlyStoppingRows,
  '@cantrip/errors': errorRows,
  '@cantrip/file-lock': fileLockRows,
  '@cantrip/freeze-bn': freezeBnRows,
  '@cantrip/gradient-tools': gradientToolsRows,
  '@cantrip/inspect': inspectRows,
  '@cantrip/label-smoothing': labelSmoothingRows,
  '@cantrip/layer-freezing': layerFreezingRows,
  '@cantrip/lookahead': lookaheadRows,
  '@cantrip/lr-schedules': { ...curveRows, ...inARunRows },
  '@cantrip/metrics': metricsRows,
  '@cantrip/mixup': mixupRows,
  '@cantrip/mlflow': mlflowRows,
  '@cantrip/ops': opsRows,
  '@cantrip/optimizers': optimizerRows,
  '@cantrip/plugin-kit': pluginKitRows,
  '@cantrip/progressive-resizing': progressiveResizingRows,
  '@cantrip/random-erasing': randomErasingRows,
  '@cantrip/recipes': recipesRows,
  '@cantrip/report': reportRows,
  '@cantrip/run-log': runLogRows,
  '@cantrip/safetensors': safetensorsRows,
  '@cantrip/sam': samRows,
  '@cantrip/seed': seedRows,
  '@cantrip/blurpool': blurpoolRows,
  '@cantrip/squeeze-excite': squeezeExciteRows,
  '@cantrip/stochastic-depth': stochasticDepthRows,
  '@cantrip/tensorboard': tensorboardRows,
  '@cantrip/testing': testingRows,
  '@cantrip/trainer': trainerRows,
  '@cantrip/weight-averaging': weightAveragingRows,
  '@cantrip/weights': weightsRows,
  '@cantrip/weights/files': weightsFilesRows,
  '@cantrip/zero-gamma': zeroGammaRows,
  'create-cantrip': createCantripRows,
};

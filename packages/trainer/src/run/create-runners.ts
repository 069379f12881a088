import type { Recorder } from '../device/open-device.ts';
import type { LiveRun } from './live-run.ts';
import { createEvaluationRunner } from '../step/evaluation-runner.ts';
import { createPredictionRunner } from '../step/prediction-runner.ts';
import { createTrainRunner } from '../step/train-runner.ts';
import type { CheckedOptions } from '../options/trainer-options.ts';
import { stepParties } from '../step/step-code.ts';

type Running = Pick<
  LiveRun,
  'device' | 'model' | 'run' | 'position' | 'totals' | 'changes' | 'own' | 'optimizerCodes' | 'wraps'
> & {
  /** Known once the plugins are set up. */
  optimizer(): LiveRun['optimizer'];
};

/** Creates the runners for training steps, evaluations and predictions. */
export function createRunners(
  options: CheckedOptions & { readonly recorder: Recorder | undefined },
  live: Running,
): Pick<LiveRun, 'training' | 'evaluation' | 'prediction'> {
  const { capture, compile, precision, log, objective, plugins, recorder } = options;
  const parties = stepParties({ ...live, objective, plugins });
  const shared = { capture, precision, recorder, log, useDevice: live.device.use, ...parties };
  return {
    training: createTrainRunner(
      { ...live, objective, plugins },
      { ...shared, compile, changes: live.changes, what: 'the training step' },
    ),
    evaluation: createEvaluationRunner({ ...live, objective }, { ...shared, what: 'evaluation' }),
    prediction: createPredictionRunner(live, { ...shared, what: 'prediction' }),
  };
}

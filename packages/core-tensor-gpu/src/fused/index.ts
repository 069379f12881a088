export {
  batchNormTraining,
  type BatchNormTrainingOptions,
  type BatchNormTrainingResult,
} from './batch-norm-training.ts';

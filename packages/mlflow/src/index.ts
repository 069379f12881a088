export { mlflow, type MlflowApi, type MlflowState } from './plugin/mlflow.ts';
export type { MlflowOptions } from './plugin/mlflow-options.ts';

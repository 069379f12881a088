export { exportModel, type ExportModelOptions, type ExportedModel } from './export-model.ts';
export { loadModel } from './load-model.ts';
export { useFileUrls } from './use-file-urls.ts';

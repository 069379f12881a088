export type { Hyperparameters } from './summaries/hyperparameters.ts';
export type { Numbers } from './summaries/histogram.ts';
export type { Pixels } from './summaries/picture.ts';
export { type EventWriter, eventWriter, type EventWriterOptions } from './writer/event-writer.ts';
export { tensorBoard, type TensorBoardApi } from './plugin/tensor-board.ts';
export type { HistogramOptions, TensorBoardOptions } from './plugin/tensor-board-options.ts';

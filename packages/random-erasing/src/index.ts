export { type BoxDraws, chooseBoxes, type ErasingRange } from './choose-boxes.ts';
export { eraseBoxes } from './erase-boxes.ts';
export { randomErasing } from './random-erasing.ts';
export type { RandomErasingOptions } from './random-erasing-options.ts';

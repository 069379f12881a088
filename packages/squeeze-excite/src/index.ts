export { addSqueezeExcite } from './add-squeeze-excite.ts';
export { squeezeAndExcite, type SqueezeExciteWeights } from './squeeze-and-excite.ts';
export { squeezeExcite } from './squeeze-excite.ts';
export type { SqueezeExciteOptions } from './squeeze-excite-options.ts';

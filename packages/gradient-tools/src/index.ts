export {
  adaptiveGradientClipping,
  type AdaptiveGradientClippingOptions,
} from './clip/adaptive-gradient-clipping.ts';
export { addGradientNoise, type AddGradientNoiseOptions } from './noise/add-gradient-noise.ts';
export { centralizeGradients, type CentralizeGradientsOptions } from './centralize/centralize-gradients.ts';
export { clipAdaptively, type ClipAdaptivelyOptions } from './clip/clip-adaptively.ts';
export {
  gradientCentralization,
  type GradientCentralizationOptions,
} from './centralize/gradient-centralization.ts';
export { gradientNoise, type GradientNoiseLocals } from './noise/gradient-noise.ts';
export { gradientNoiseDeviation, type GradientNoiseOptions } from './noise/gradient-noise-deviation.ts';
export type { UnitAxes } from './units/unit-axes.ts';
export type { UnitsLocals } from './units/units-of-run.ts';

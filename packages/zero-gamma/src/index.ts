export { zeroGamma } from './zero-gamma.ts';
export { zeroGammas, type ZeroGammasOptions } from './zero-gammas.ts';

export { perturbations, type PerturbationOptions } from './perturbations.ts';
export { sam, type SamLocals, type SamOptions } from './sam.ts';

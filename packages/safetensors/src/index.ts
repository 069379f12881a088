export type { SafetensorsDtype } from './dtypes.ts';
export { readSafetensors, type ReadSafetensorsOptions, type SafetensorsContent } from './read-safetensors.ts';
export type { SafeTensor } from './safe-tensor.ts';
export { safetensorsParts, writeSafetensors } from './write-safetensors.ts';

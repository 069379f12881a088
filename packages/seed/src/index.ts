export { seed, type SeedApi, type SeedOptions } from './seed.ts';
export { seedEverything } from './seed-everything.ts';
export { type LayerTree, varyDropout } from './vary-dropout.ts';

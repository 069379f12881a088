export { addBlurpool, type BlurpoolOptions } from './add-blurpool.ts';
export { blur } from './blur.ts';
export { blurpool } from './blurpool.ts';

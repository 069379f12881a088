export { type ProgressiveSizeOptions, progressiveSize, type ScaleRamp } from './progressive-size.ts';
export { progressiveResizing } from './progressive-resizing.ts';
export type { ProgressiveResizingOptions } from './progressive-resizing-options.ts';
export { resizeImages, type ResizeImagesOptions } from './resize-images.ts';

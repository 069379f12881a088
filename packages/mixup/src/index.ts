export { type Box, type BoxPlace, cutBox, type CutBoxOptions } from './mixing/cut-box.ts';
export { mixExamples } from './mixing/mix-examples.ts';
export { mixLabels, type MixLabelsOptions } from './mixing/mix-labels.ts';
export type { Pairing } from './mixing/partners.ts';
export { pasteBox } from './mixing/paste-box.ts';
export type { OneOrEach, Share } from './mixing/share.ts';
export { mixup } from './plugin/mixup.ts';
export type { MixingMode, MixupOptions } from './plugin/mixup-options.ts';

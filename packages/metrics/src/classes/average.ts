/**
 * How the figures of classes become one. `macro`: their mean; a class that neither targets nor predictions have is left
 * out. `weighted`: their mean, weighted by the number of targets. `micro`: all decisions are counted together. `each`: one
 * figure for each class, logged as `f1_0` or `f1_cat`.
 */
export type Average = 'macro' | 'weighted' | 'micro' | 'each';

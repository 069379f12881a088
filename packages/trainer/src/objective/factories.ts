import { adam, adamw, rmsprop, sgd } from '@cantrip/optimizers';
import type { Factories } from '../checks/uncalled-factory.ts';
import { binaryAccuracy } from './binary-accuracy.ts';
import { meanSquaredError, sigmoidCrossEntropy, softmaxCrossEntropy } from './losses.ts';
import { accuracy, topK } from './metrics.ts';

/** Factories that users may pass without calling them. */
export const factories: Factories = {
  optimizer: { adam, adamw, rmsprop, sgd },
  loss: { meanSquaredError, sigmoidCrossEntropy, softmaxCrossEntropy },
  metrics: { accuracy, binaryAccuracy, topK },
};

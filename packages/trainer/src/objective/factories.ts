import { adam, adamw, rmsprop, sgd } from '@cantrip/optimizers';
import type { Factories } from '../checks/uncalled-factory.ts';
import { binaryAccuracy } from './binary-accuracy.ts';
import { meanSquaredError, sigmoidCrossEntropy, softmaxCrossEntropy } from './losses.ts';
import { accuracy, topK } from './metrics.ts';

/** What may have been given without being called. */
export const factories: Factories = {
  optimizer: { adam, adamw, rmsprop, sgd },
  loss: { meanSquaredError, sigmoidCrossEntropy, softmaxCrossEntropy },
  metrics: { accuracy, binaryAccuracy, topK },
};

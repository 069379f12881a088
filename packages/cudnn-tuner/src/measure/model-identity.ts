import { hashOf } from '@cantrip/core-tensor-gpu/tuning';
import type { Run } from '@cantrip/trainer';

/** Properties whose values depend on TensorFlow.js's counters of the process. */
const counted = new Set(['name', 'inboundNodes', 'inputLayers', 'outputLayers']);

/**
 * A hash of what is trained. It covers the class and configuration of each layer, or the text of a model function.
 * It also covers the parameters, which of them train, and the optimizer with its schedulable hyperparameters.
 */
export function identityOf(run: Pick<Run, 'model' | 'variables' | 'optimizer' | 'trainable'>): string {
  const { model, variables, optimizer } = run;
  const layers =
    'layers' in model
      ? model.layers.map((layer) => [layer.getClassName(), layer.getConfig()])
      : String(model);
  const parameters = Object.entries(variables).map(([name, { shape, dtype }]) => [name, shape, dtype]);
  const told = JSON.stringify(layers, (key, value: unknown) => (counted.has(key) ? undefined : value));
  return hashOf([told, parameters, Object.keys(run.trainable()), optimizer.name, optimizer.scalars ?? []]);
}

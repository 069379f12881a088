import { hashOf } from '@cantrip/core-tensor-gpu/tuning';
import type { Run } from '@cantrip/trainer';

/** What TensorFlow.js counts up for as long as a process lives, and what names by it. */
const counted = new Set(['name', 'inboundNodes', 'inputLayers', 'outputLayers']);

/**
 * What is trained, as a hash: each layer's class and configuration (a function's text), the parameters, which of them
 * train, and the optimizer with what can be scheduled of it.
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

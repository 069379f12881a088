import { checkArgument } from '@cantrip/errors';
import { namesCheck } from './names-check.ts';

/** PyTorch's module of each layer, as a table or a function. A layer without one keeps its name, with dots. */
export type TorchModules = Readonly<Record<string, string>> | ((layer: string) => string | undefined);

const parts: Readonly<Record<string, string>> = {
  kernel: 'weight',
  depthwise_kernel: 'weight',
  embeddings: 'weight',
  alpha: 'weight',
  gamma: 'weight',
  beta: 'bias',
  bias: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

/**
 * PyTorch's names of the parameters of a model, for the option `names`. `gamma` becomes `weight`, `beta` becomes `bias`,
 * the moving statistics become `running_mean` and `running_var`, a kernel becomes `weight`.
 *
 * @param modules - PyTorch's module of each layer, `{ stem: 'conv1' }` or a function
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * torchNames({ stem: 'conv1' })('stem/kernel'); // 'conv1.weight'
 * torchNames()('block_1/norm/moving_variance'); // 'block_1.norm.running_var'
 * ```
 */
export function torchNames(modules: TorchModules = {}): (name: string) => string {
  checkArgument('torchNames', 'modules', namesCheck, modules);
  const moduleOf = (layer: string): string | undefined => {
    if (typeof modules === 'function') return modules(layer);
    return Object.hasOwn(modules, layer) ? modules[layer] : undefined;
  };
  return (name) => {
    const at = name.lastIndexOf('/');
    const layer = name.slice(0, Math.max(at, 0));
    const part = name.slice(at + 1);
    const module = moduleOf(layer) ?? layer.replaceAll('/', '.');
    const stored = Object.hasOwn(parts, part) ? parts[part]! : part;
    return module === '' ? stored : `${module}.${stored}`;
  };
}

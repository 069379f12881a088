import { type Check, checkArgument, isPlainObject } from '@cantrip/errors';

/** The part of a run that is read. */
export interface RunWithSettings {
  readonly seed: number;
  readonly optimizer: {
    readonly name: string;
    readonly learningRate: number;
    readonly batchesPerStep?: number;
    readonly settings?: Readonly<Record<string, unknown>>;
  };
  readonly losses: readonly object[];
  readonly plugins: readonly { readonly name: string }[];
}

/** Settings as tables of experiments show them. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

const runCheck: Check<RunWithSettings> = (value) => {
  const { seed, optimizer, losses, plugins } = (value ?? {}) as Partial<RunWithSettings>;
  const { name, learningRate, settings = {} } = (optimizer ?? {}) as Partial<RunWithSettings['optimizer']>;
  const isRun =
    typeof seed === 'number' &&
    typeof name === 'string' &&
    typeof learningRate === 'number' &&
    isPlainObject(settings) &&
    [losses, plugins].every((list) => Array.isArray(list) && list.every(isObject));
  return isRun ? undefined : 'must be the run of a host hook';
};

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/**
 * The settings of a run that a table of experiments compares: seed, optimizer with its settings, losses and plugins.
 *
 * @param run - the `run` of a host hook
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * settingsOfRun(run); // { seed: 42, learning_rate: 0.1, optimizer: 'sgd', 'optimizer.momentum': 0.9, loss: 'softmaxCrossEntropy', … }
 * ```
 */
export function settingsOfRun(run: RunWithSettings): Settings {
  checkArgument('settingsOfRun', 'run', runCheck, run);
  const { seed, optimizer, losses, plugins } = run;
  const { name, learningRate, batchesPerStep = 1, settings = {} } = optimizer;
  return {
    seed,
    learning_rate: learningRate,
    optimizer: name,
    ...Object.fromEntries(
      Object.entries(settings).flatMap(([key, value]) => flat(`optimizer.${key}`, value)),
    ),
    ...(batchesPerStep > 1 && { batches_per_step: batchesPerStep }),
    loss: losses.map((loss) => ('name' in loss ? String(loss.name) : 'a function')).join(', '),
    plugins: plugins.map((plugin) => plugin.name).join(', '),
  };
}

function flat(key: string, value: unknown): readonly (readonly [string, string | number | boolean])[] {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string')
    return [[key, value]];
  if (isPlainObject(value))
    return Object.entries(value).flatMap(([name, one]) => flat(`${key}.${name}`, one));
  return value === undefined || value === null ? [] : [[key, JSON.stringify(value)]];
}

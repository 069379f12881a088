import { CantripError, describe, isPlainObject } from '@cantrip/errors';
import { checkParams, type Params, type Widened } from './params.ts';
import type { Training } from './training.ts';

/** A training with parameters that `--set` can change. */
export interface ParametrizedConfig<P extends Params = Params> {
  /** The parameters with their defaults. Each keeps the type of its default. */
  readonly params: P;
  /** Creates the training from the parameters. */
  run(params: Widened<P>): Training | Promise<Training>;
}

/** A training, or a function that creates it. */
export type PlainConfig = Training | (() => Training | Promise<Training>);

/** What the config of a command exports. */
export type Config = ParametrizedConfig | PlainConfig;

/**
 * Defines what `cantrip train` and `cantrip lr-find` train. Export the result as the default export of a module.
 *
 * With `params`, each parameter can be changed by `--set`, e.g. `--set optimizer.learningRate=0.01`. `run` gets the
 * parameters and creates optimizer, model, plugins and data from them. Without parameters, the config is a training or a
 * function that creates one.
 *
 * @returns the config, unchanged
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * export default defineConfig({
 *   params: { epochs: 10, optimizer: { learningRate: 0.1, momentum: 0.9 } },
 *   run: (params) => ({
 *     trainer: { model, optimizer: sgd(params.optimizer), loss: softmaxCrossEntropy() },
 *     data: () => readTrainingData(),
 *     fit: { epochs: params.epochs },
 *   }),
 * });
 * ```
 */
export function defineConfig<P extends Params>(config: ParametrizedConfig<P>): ParametrizedConfig<P>;
export function defineConfig(config: PlainConfig): PlainConfig;
export function defineConfig(config: Config): Config {
  readConfig('defineConfig', config);
  return config;
}

/**
 * Checks a config, and gives each form of it the same shape.
 *
 * @throws CantripError OPTION_INVALID
 */
export function readConfig(who: string, config: unknown): ParametrizedConfig {
  if (typeof config === 'function') return { params: {}, run: config as ParametrizedConfig['run'] };
  if (!isPlainObject(config))
    throw wrong(who, `the config must be an object or a function, got ${describe(config)}`);
  if (!('run' in config) && !('params' in config)) {
    checkTraining(who, config);
    return { params: {}, run: () => config as unknown as Training };
  }
  refuseOthers(who, 'the config', config, ['params', 'run']);
  if (typeof config['run'] !== 'function') {
    throw wrong(who, `run must be a function of the parameters, got ${describe(config['run'])}`);
  }
  const params = config['params'] === undefined ? {} : checkParams(who, config['params']);
  return { params, run: config['run'].bind(config) as ParametrizedConfig['run'] };
}

/**
 * Checks the parts of a training. What the trainer checks itself is left to it.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkTraining(who: string, training: unknown): Training {
  if (!isPlainObject(training)) {
    throw wrong(who, `the training must be { trainer, data, fit }, got ${describe(training)}`);
  }
  refuseOthers(who, 'the training', training, ['trainer', 'data', 'fit']);
  const { trainer, data, fit } = training;
  if (isPlainObject(trainer) && typeof trainer['fit'] === 'function') {
    throw wrong(
      who,
      'trainer must be the options of createTrainer, got a trainer',
      'Write trainer: { model, optimizer, loss }, without createTrainer',
    );
  }
  if (!isPlainObject(trainer)) {
    throw wrong(who, `trainer must be the options of createTrainer, got ${describe(trainer)}`);
  }
  if (data === undefined || data === null) {
    throw wrong(who, `data must be the training data, or a function that reads it, got ${describe(data)}`);
  }
  if (!isPlainObject(fit)) {
    throw wrong(who, `fit must be the options of fit, got ${describe(fit)}`, 'Write fit: { epochs: 10 }');
  }
  return training as unknown as Training;
}

function refuseOthers(
  who: string,
  where: string,
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void {
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other === undefined) return;
  throw wrong(who, `${where} has no option ${other}`, `Its options are ${known.join(', ')}`);
}

function wrong(
  who: string,
  what: string,
  fix = 'Write defineConfig({ params: { … }, run: (params) => ({ trainer, data, fit }) })',
): CantripError {
  return new CantripError('OPTION_INVALID', { who, what, fix });
}

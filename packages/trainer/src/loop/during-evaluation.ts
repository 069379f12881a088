import * as tf from '@tensorflow/tfjs-core';
import { CantripError, describe } from '@cantrip/errors';
import type { NamedTensors } from '@cantrip/optimizers';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { EvaluatedBatch, EvaluationEnd, EvaluationPurpose } from '../contract/contexts.ts';
import { idOf } from '../contract/plugin-id.ts';
import { callObservers } from '../hooks/call-hooks.ts';
import type { LiveRun } from '../run/live-run.ts';
import { requireOwn } from './train-alone.ts';

/** Tells the plugins that a batch was evaluated. */
export interface TellBatch {
  (batch: Pick<EvaluatedBatch, 'prefix' | 'batch' | 'batches' | 'examples'>): Promise<void>;
  /** Whether a plugin asked for the examples. */
  readonly keepsExamples: boolean;
}

/**
 * Evaluates or predicts between `onEvaluateBegin` and `onEvaluateEnd` of all plugins. Weights that a plugin set for
 * it are reset afterwards, also if the work fails.
 */
export function duringEvaluation<T>(
  live: LiveRun,
  purpose: EvaluationPurpose,
  work: (tellBatch: TellBatch) => Promise<T>,
): Promise<T> {
  // Hooks may call save, which then does not wait for anything.
  const during = purpose === 'predict' ? 'predict' : 'evaluate';
  return live.lock.lending({ during }, () => between(live, purpose, work));
}

async function between<T>(
  live: LiveRun,
  purpose: EvaluationPurpose,
  work: (tellBatch: TellBatch) => Promise<T>,
): Promise<T> {
  requireOwn(live, purpose);
  const contextOf = (plugin: AnyPlugin): EvaluationEnd => ({
    run: live.run,
    state: live.states.get(plugin)!,
    ...live.own(plugin),
    epoch: live.position.epoch,
    step: live.position.step,
    purpose,
  });
  const loan = lendWeights(live);
  let [failed, keepsExamples] = [true, false];
  try {
    await callObservers(live, 'onEvaluateBegin', (plugin) => ({
      ...contextOf(plugin),
      evaluateWith: (values) => loan.use(plugin, values),
      keepExamples: () => void (keepsExamples = true),
      lent: new Set(loan.names),
    }));
    loan.close();
    const tellBatch = (batch: Parameters<TellBatch>[0]): Promise<void> =>
      callObservers(live, 'onEvaluateBatch', (plugin) => ({ ...contextOf(plugin), ...batch }));
    const result = await work(Object.assign(tellBatch, { keepsExamples }));
    failed = false;
    return result;
  } finally {
    live.device.use();
    loan.putBack();
    await tellEnd(live, contextOf, failed);
  }
}

/** After a failure, errors of hooks are only logged, so they do not hide the first error. */
async function tellEnd(
  live: LiveRun,
  contextOf: (plugin: AnyPlugin) => EvaluationEnd,
  failed: boolean,
): Promise<void> {
  try {
    await callObservers(live, 'onEvaluateEnd', contextOf);
  } catch (error) {
    if (!failed) throw error;
    live.options.log(`${(error as Error).message} This happened after the error that ended the evaluation.`);
  }
}

interface WeightLoan {
  /** Names of the variables that have other values now. */
  readonly names: ReadonlySet<string>;
  use(plugin: AnyPlugin, values: NamedTensors): void;
  /** After this, no plugin can set weights any more. */
  close(): void;
  putBack(): void;
}

function lendWeights({ model, lent, device }: LiveRun): WeightLoan {
  const before: (readonly [tf.Variable, tf.Tensor])[] = [];
  const names = new Set<string>();
  let open = true;
  return {
    names,
    use(plugin, values) {
      if (!open)
        throw refused(
          plugin,
          'must be called in onEvaluateBegin, but was called later',
          'Call it in onEvaluateBegin',
        );
      for (const [name, value] of entriesOf(plugin, values))
        checkValue(plugin, name, value, model.variables[name]);
      device.use();
      for (const [name, value] of Object.entries(values)) {
        const variable = model.variables[name]!;
        const own = tf.keep(tf.clone(variable));
        before.push([variable, own]);
        if (!lent.has(variable)) lent.set(variable, own);
        variable.assign(value);
        names.add(name);
      }
    },
    close: () => void (open = false),
    putBack() {
      open = false;
      for (const [variable, own] of before.reverse()) {
        if (!variable.isDisposed) variable.assign(own);
        if (lent.get(variable) === own) lent.delete(variable);
        own.dispose();
      }
    },
  };
}

function entriesOf(plugin: AnyPlugin, values: unknown): readonly (readonly [string, unknown])[] {
  if (Object.prototype.toString.call(values) === '[object Object]' && !(values instanceof tf.Tensor))
    return Object.entries(values as object);
  throw refused(
    plugin,
    `must receive tensors by names of run.variables, got ${describe(values)}`,
    'Pass for example ownVariables',
  );
}

function checkValue(
  plugin: AnyPlugin,
  name: string,
  value: unknown,
  variable: tf.Variable | undefined,
): void {
  if (!variable)
    throw refused(
      plugin,
      `received ${name}, which is not a variable of the model`,
      'Use names of run.variables',
    );
  const given = value instanceof tf.Tensor && !value.isDisposed ? (value as tf.Tensor) : undefined;
  if (given?.dtype === variable.dtype && tf.util.arraysEqual(given.shape, variable.shape)) return;
  const got = given ? `a ${given.dtype} tensor [${given.shape.join(', ')}]` : describe(value);
  throw refused(
    plugin,
    `must receive a ${variable.dtype} tensor [${variable.shape.join(', ')}] as ${name}, got ${got}`,
    'Pass a tensor of the same shape and dtype',
  );
}

function refused(plugin: AnyPlugin, what: string, fix: string): CantripError {
  return new CantripError('HOOK_RESULT', { who: idOf(plugin), what: `evaluateWith ${what}`, fix });
}

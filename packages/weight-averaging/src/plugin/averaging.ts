import { CantripError } from '@cantrip/errors';
import { copyVariables, exactSteps, isDue, wholeStep } from '@cantrip/plugin-kit';
import type { HostContext, Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { averageNameOf } from '../averaging/names.ts';
import { moveChecked } from '../averaging/move-averages.ts';
import type { CheckedAveraging } from './averaging-options.ts';

type Variables = Readonly<Record<string, tf.Variable>>;

/** The saved state of a plugin that averages. */
export interface AveragingState extends Record<string, unknown> {
  /** The number of updates after which the averages were a copy of the weights; undefined before. */
  begun?: number | undefined;
}

/** What `run.use(plugin)` gives. */
export interface AveragingApi {
  /** The averages by the names of the model's variables. They belong to the trainer. */
  averages(): Variables;
  /**
   * Gives the model the averages for good. Training that goes on afterwards begins from them.
   *
   * @throws CantripError TRAINER_BUSY while `fit`, `evaluate` or `predict` runs
   */
  assign(): void;
}

/** What this step does with the averages. */
export type Action = 'rest' | 'copy' | 'move';

/** The values of one run. */
export interface AveragingLocals {
  action: Action;
  averages: Variables;
  /** Names of the variables that the model trains; all others are statistics. */
  readonly trained: ReadonlySet<string>;
  fitting: boolean;
  evaluating: number;
}

/** What differs between the kinds of averages. */
export interface AveragingKind {
  readonly name: string;
  readonly who: string;
  readonly options: CheckedAveraging;
  /** Whether the first copy waits for a step at which the weights enter the average. */
  readonly beginsWhenDue: boolean;
  /** The plugin's variables beside the averages. */
  variables(): Variables;
  /**
   * The share of the new values in the average. It runs in the step and may change `own`.
   *
   * @param own - the plugin's variables
   */
  share(
    action: Exclude<Action, 'rest'>,
    own: Variables,
    scalars: Readonly<Record<string, tf.Scalar>> | undefined,
  ): number | tf.Scalar;
}

type AveragingPlugin = Plugin<AveragingState, AveragingApi, AveragingLocals>;

/** The hooks that keep averages up to date, evaluate with them, and give them away. */
export function averaging({
  name,
  who,
  options,
  beginsWhenDue,
  variables,
  share,
}: AveragingKind): AveragingPlugin {
  const { start, every, statistics, evaluateWith } = options;

  function actionOf({ state, ...context }: HostContext<AveragingState, AveragingLocals>): Action {
    const updates = context.step + 1;
    const due = isDue(updates, exactSteps(who, every, context));
    // A step that failed is begun again, so the number may be that of this step already.
    if (state.begun !== undefined && state.begun < updates) return due ? 'move' : 'rest';
    const first = Math.max(1, wholeStep(exactSteps(who, start, context)));
    const begins = updates >= first && (due || !beginsWhenDue);
    state.begun = begins ? updates : undefined;
    return begins ? 'copy' : 'rest';
  }

  return {
    name,
    provides: ['evaluation-weights'],
    state: () => ({}),
    setup: (run) => ({
      locals: {
        action: 'rest',
        averages: {},
        trained: new Set(Object.keys(run.trainable())),
        fitting: false,
        evaluating: 0,
      },
    }),
    variables: (run) => ({ ...copyVariables(run.variables, averageNameOf), ...variables() }),
    transformOptimizer(optimizer, { run, locals, ownVariables }) {
      locals.averages = Object.fromEntries(
        Object.keys(run.variables).map((one) => [one, ownVariables[averageNameOf(one)]!]),
      );
      return {
        ...optimizer,
        apply(update) {
          optimizer.apply(update);
          const { action, averages, trained } = locals;
          if (update.phase === 'accumulate' || action === 'rest') return;
          tf.tidy(() => {
            const part = share(action, ownVariables, update.scalars);
            const isCopied = (one: string): boolean =>
              averages[one]!.dtype !== 'float32' ||
              (statistics === 'copy' && !trained.has(one) && !(one in update.variables));
            moveChecked(
              pick(averages, (one) => !isCopied(one)),
              run.variables,
              part,
            );
            moveChecked(pick(averages, isCopied), run.variables, 1);
          });
        },
      };
    },
    onStepBegin: (context) => void (context.locals.action = actionOf(context)),
    structure: ({ locals }) => locals.action,
    onTrainBegin: ({ locals }) => void (locals.fitting = true),
    onTrainEnd: ({ locals }) => void (locals.fitting = false),
    onError: ({ locals }) => void (locals.fitting = false),
    onEvaluateBegin({ state, step, locals, ...context }) {
      locals.evaluating++;
      if (evaluateWith === 'averages' && hasBegun(state, step)) context.evaluateWith(locals.averages);
    },
    onEvaluateEnd: ({ locals }) => void (locals.evaluating = Math.max(0, locals.evaluating - 1)),
    api: (run, state, locals) => ({
      averages: () => locals.averages,
      assign() {
        if (locals.fitting || locals.evaluating > 0) throw busy(name);
        if (state.begun === undefined) throw notBegun(name);
        for (const [one, average] of Object.entries(locals.averages))
          tf.tidy(() => run.variables[one]!.assign(tf.clone(average)));
      },
    }),
  };
}

/** Whether averages exist after this number of steps. */
export function hasBegun({ begun }: AveragingState, step: number): boolean {
  return begun !== undefined && step >= begun;
}

function pick(variables: Variables, wanted: (name: string) => boolean): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => wanted(name)));
}

function busy(who: string): CantripError {
  return new CantripError('TRAINER_BUSY', {
    who,
    what: 'assign was called while the trainer trains or evaluates',
    fix: 'Call assign after fit, evaluate or predict has ended',
  });
}

function notBegun(who: string): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who,
    what: 'assign was called before averaging began',
    fix: 'Train past the option start first',
  });
}

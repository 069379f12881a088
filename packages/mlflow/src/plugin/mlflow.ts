import { exactSteps, figuresOfStep, isDue, settingsOfRun } from '@cantrip/plugin-kit';
import type { HostContext, Plugin } from '@cantrip/trainer';
import { metricOf } from '../client/limits.ts';
import { apiOf } from '../client/request.ts';
import {
  continueRun,
  createRun,
  paramsOf,
  type RunStatus,
  tagsOf,
  type TrackedRun,
} from '../client/tracked-run.ts';
import { checkMetric, checkTag } from './check-call.ts';
import { type Delivery, deliver } from './delivery.ts';
import { type MlflowOptions, readMlflowOptions } from './mlflow-options.ts';

/** The plugin's state. */
export interface MlflowState extends Record<string, unknown> {
  /** The run on the server, which a resumed run goes on with. */
  runId: string | undefined;
}

/** The result of `run.use(plugin)`. */
export interface MlflowApi {
  /** The run's id on the server; undefined as long as the server has not answered. */
  runId(): string | undefined;
  /** Sends a metric at the run's current step. Before `fit` nothing is sent. */
  metric(name: string, value: number): void;
  /** Sets a tag of the run. */
  tag(name: string, value: string): void;
  /** Resolves when everything so far is sent, or when the server has taken nothing for 30 s. */
  flush(): Promise<void>;
}

/** The values of one run. */
interface Locals {
  delivery: Delivery | undefined;
  step: number;
  /** Losses that are still being read. */
  work: Promise<void>;
}

/** How long the end of `fit` waits for a server that takes nothing, in milliseconds. */
const longestWait = 30_000;

/** The trainer names a signal so when it stops for it. */
const signals: readonly (string | undefined)[] = ['SIGINT', 'SIGTERM'];

/**
 * Plugin: sends a run to an MLflow tracking server.
 *
 * The parameters are the run's settings. The metrics are `batch_loss`, `batch_learning_rate` and scheduled scalars of every
 * `every`-th step, and the figures of each epoch under their names: `loss`, `validation_loss`. The run ends as FINISHED, FAILED, or
 * after SIGINT and SIGTERM as KILLED. A resumed run goes on with the same MLflow run, and sends no step twice.
 *
 * No step waits for the server. If the server is away, this is logged once, and it is asked again; up to 100,000 metrics wait.
 * Credentials come from MLflow's environment variables and are never logged.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const plugins = [mlflow({ trackingUri: 'http://127.0.0.1:5000', experiment: 'digits', params: { batch_size: 64 } })];
 * await createTrainer({ …, plugins }).fit(train, { epochs: 10, validation });
 * ```
 */
export function mlflow(options: MlflowOptions = {}): Plugin<MlflowState, MlflowApi, Locals> {
  const { server, experiment, runName, every, params, tags } = readMlflowOptions(options);
  const api = apiOf(server);

  function begin(context: HostContext<MlflowState, Locals>): Delivery {
    const { run, state, epochs } = context;
    const log = (message: string): void => run.log(server.hide(message));
    const wanted = paramsOf({ ...settingsOfRun(run), epochs, ...params });

    async function open(): Promise<TrackedRun> {
      const { runId } = state;
      const continued = runId === undefined ? undefined : await continueRun(api, runId);
      if (runId !== undefined && !continued)
        log(`[mlflow] ${server.uri} does not have the run ${runId} any more. A new one is begun.`);
      const opened =
        continued ?? (await createRun(api, { experiment, name: runName, tags: tagsOf(ownTags(tags)) }));
      state.runId = opened.id;
      const changed = wanted.filter(({ key, value }) => (opened.params.get(key) ?? value) !== value);
      if (changed.length > 0)
        log(
          `[mlflow] the run keeps the first values of ${changed.map(({ key }) => key).join(', ')}, because MLflow changes no parameter.`,
        );
      delivery.params(wanted.filter(({ key }) => !opened.params.has(key)));
      return opened;
    }

    const delivery = deliver({ api, open, log });
    return delivery;
  }

  async function end({ locals }: { readonly locals: Locals }, status: RunStatus): Promise<void> {
    await locals.work;
    await locals.delivery?.end(status, longestWait);
    locals.delivery = undefined;
  }

  return {
    name: 'mlflow',
    settings: { trackingUri: server.uri, experiment, every },
    state: () => ({ runId: undefined }),
    setup: () => ({ locals: { delivery: undefined, step: 0, work: Promise.resolve() } }),
    onTrainBegin(context) {
      const { locals, step } = context;
      Object.assign(locals, { step, delivery: begin(context) });
    },
    onStepEnd(context) {
      const { locals, step } = context;
      locals.step = step;
      const { delivery } = locals;
      if (!delivery || !isDue(step, exactSteps('mlflow', every, context))) return;
      const sent = figuresOfStep(context).then((figures) =>
        delivery.metrics(metricsOf('batch_', figures, step)),
      );
      locals.work = locals.work.then(() => sent);
    },
    onValidated: ({ locals, logs, step }) => locals.delivery?.metrics(metricsOf('', logs, step)),
    onEpochEnd: ({ locals, logs, step, epoch }) =>
      locals.delivery?.metrics(metricsOf('', { ...logs, epoch }, step)),
    // A snapshot without the id could not go on with the run. Nothing else is waited for.
    onSave: ({ locals }) => locals.delivery?.begun,
    // Plugins after this one may send something in onTrainEnd.
    async onSettled(context) {
      if (context.after !== 'fit') return;
      await end(context, signals.includes(context.run.stopReason) ? 'KILLED' : 'FINISHED');
    },
    onError: (context) => end(context, 'FAILED'),
    api: (_, state, locals) => ({
      runId: () => state.runId,
      metric(name, value) {
        checkMetric(name, value);
        locals.delivery?.metrics([metricOf(name, value, locals.step)]);
      },
      tag(name, value) {
        checkTag(name, value);
        locals.delivery?.tags(tagsOf({ [name]: value }));
      },
      async flush() {
        await locals.work;
        await locals.delivery?.flush(longestWait);
      },
    }),
  };
}

const metricsOf = (
  prefix: string,
  figures: Readonly<Record<string, number>>,
  step: number,
): ReturnType<typeof metricOf>[] =>
  Object.entries(figures).map(([name, value]) => metricOf(`${prefix}${name}`, value, step));

/** What MLflow shows as the source of a run. */
const ownTags = (tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  'mlflow.source.type': 'LOCAL',
  ...(process.argv[1] !== undefined && { 'mlflow.source.name': process.argv[1] }),
  ...tags,
});

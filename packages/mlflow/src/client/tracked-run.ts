import { type Api, RequestFailed } from './request.ts';
import { type KeyValue, keyValues, limits, type Metric } from './limits.ts';

/** How a run ended, in MLflow's words. */
export type RunStatus = 'FINISHED' | 'FAILED' | 'KILLED';

/** A run on the server. */
export interface TrackedRun {
  readonly id: string;
  /** The last step of each metric that the server has. */
  readonly lastSteps: ReadonlyMap<string, number>;
  /** The settings that the server has. They cannot be changed. */
  readonly params: ReadonlyMap<string, string>;
}

export interface NewRun {
  readonly experiment: string;
  readonly name: string | undefined;
  readonly tags: readonly KeyValue[];
}

/** Finds the experiment, or creates it, and creates a run in it. */
export async function createRun(api: Api, { experiment, name, tags }: NewRun): Promise<TrackedRun> {
  const { run } = (await api.post('runs/create', {
    experiment_id: await experimentId(api, experiment),
    ...(name !== undefined && { run_name: name }),
    start_time: Date.now(),
    tags: tags.slice(0, limits.tags),
  })) as { readonly run: { readonly info: { readonly run_id: string } } };
  return { id: run.info.run_id, lastSteps: new Map(), params: new Map() };
}

/** Goes on with a run. Undefined if the server does not have it, or it was deleted. */
export async function continueRun(api: Api, id: string): Promise<TrackedRun | undefined> {
  interface Found {
    readonly info: { readonly lifecycle_stage?: string };
    readonly data?: {
      readonly metrics?: readonly { readonly key: string; readonly step?: number | string }[];
      readonly params?: readonly KeyValue[];
    };
  }
  let run: Found;
  try {
    ({ run } = (await api.get('runs/get', { run_id: id })) as { readonly run: Found });
  } catch (error) {
    if (error instanceof RequestFailed && error.answer === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  }
  if (run.info.lifecycle_stage === 'deleted') return undefined;
  await api.post('runs/update', { run_id: id, status: 'RUNNING' });
  return {
    id,
    lastSteps: new Map(run.data?.metrics?.map(({ key, step }) => [key, Number(step ?? 0)])),
    params: new Map(run.data?.params?.map(({ key, value }) => [key, value])),
  };
}

export interface Content {
  readonly metrics: readonly Metric[];
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

export const logBatch = async (api: Api, id: string, content: Content): Promise<void> =>
  void (await api.post('runs/log-batch', { run_id: id, ...content }));

export const endRun = async (api: Api, id: string, status: RunStatus): Promise<void> =>
  void (await api.post('runs/update', { run_id: id, status, end_time: Date.now() }));

async function experimentId(api: Api, name: string): Promise<string> {
  const found = await findExperiment(api, name);
  if (found !== undefined) return found;
  try {
    return ((await api.post('experiments/create', { name })) as { readonly experiment_id: string })
      .experiment_id;
  } catch (error) {
    // Another process was faster.
    const again =
      error instanceof RequestFailed && error.answer === 'RESOURCE_ALREADY_EXISTS'
        ? await findExperiment(api, name)
        : undefined;
    if (again === undefined) throw error;
    return again;
  }
}

async function findExperiment(api: Api, name: string): Promise<string | undefined> {
  try {
    const { experiment } = (await api.get('experiments/get-by-name', { experiment_name: name })) as {
      readonly experiment: { readonly experiment_id: string };
    };
    return experiment.experiment_id;
  } catch (error) {
    if (error instanceof RequestFailed && error.answer === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  }
}

export const tagsOf = (tags: Readonly<Record<string, unknown>>): KeyValue[] => keyValues(tags, limits.tag);
export const paramsOf = (params: Readonly<Record<string, unknown>>): KeyValue[] =>
  keyValues(params, limits.param);

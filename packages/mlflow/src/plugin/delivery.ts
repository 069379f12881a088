import { type KeyValue, limits, type Metric } from '../client/limits.ts';
import { type Api, RequestFailed } from '../client/request.ts';
import { endRun, logBatch, type RunStatus, type TrackedRun } from '../client/tracked-run.ts';

/** Sends a run to the server beside other work. Nothing here throws. */
export interface Delivery {
  metrics(metrics: readonly Metric[]): void;
  params(params: readonly KeyValue[]): void;
  tags(tags: readonly KeyValue[]): void;
  /** Resolves when the run exists on the server, or when the first attempt has failed. */
  readonly begun: Promise<void>;
  /** Resolves when everything so far is sent or lost, when the server takes nothing for this time, or after a minute. */
  flush(milliseconds: number): Promise<void>;
  /** Likewise, and says how the run ended. Then nothing is sent any more. */
  end(status: RunStatus, milliseconds: number): Promise<void>;
}

export interface DeliveryOptions {
  readonly api: Api;
  /** Creates the run, or goes on with it. */
  open(): Promise<TrackedRun>;
  log(message: string): void;
  /** The milliseconds in which metrics are gathered for one request. */
  readonly gather?: number;
  /** The milliseconds before the second attempt; each further one waits twice as long, up to 30 s. */
  readonly pause?: number;
}

/** Metrics that wait for a server. Older ones are dropped then, so that a long outage takes no more memory. */
const mostWaiting = 100_000;
const longestPause = 30_000;
/** How long the end waits for a server that is away. */
const lastAttempt = 2000;
const longestFlush = 60_000;

export function deliver({ api, open, log, gather = 500, pause = 1000 }: DeliveryOptions): Delivery {
  let metrics: Metric[] = [];
  let params: KeyValue[] = [];
  let tags: KeyValue[] = [];
  let run: TrackedRun | undefined;
  let [dropped, over, isAway] = [0, false, false];
  let work: Promise<void> | undefined;
  let stopWaiting: () => void = () => undefined;
  let progress: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));

  const isEmpty = (): boolean => run !== undefined && metrics.length + params.length + tags.length === 0;

  function wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      // The program may end meanwhile.
      const timer = setTimeout(resolve, milliseconds);
      timer.unref();
      stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function start(): void {
    if (!over && !isEmpty()) work ??= sendAll().finally(() => void (work = undefined));
  }

  async function sendAll(): Promise<void> {
    if (run) await wait(gather);
    for (let attempt = 0; !over && !isEmpty();) {
      try {
        await sendSome();
        attempt = 0;
        progress();
        if (isAway) log('[mlflow] the server answers again.');
        if (dropped > 0)
          log(`[mlflow] ${dropped} metrics were dropped, because too many waited for the server.`);
        [isAway, dropped] = [false, 0];
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
        failed(error);
        begin();
        if (error.isAway && !over) await wait(Math.min(longestPause, pause * 2 ** attempt++));
      }
    }
  }

  function failed(error: RequestFailed): void {
    if (error.isAway) {
      if (!isAway) log(`${error.message} The run goes on, and the server is asked again.`);
      isAway = true;
      return;
    }
    log(`${error.message} The run goes on${run ? '' : ' without MLflow'}.`);
    if (!run) over = true;
  }

  async function sendSome(): Promise<void> {
    if (!run) {
      run = await open();
      begin();
    }
    const { lastSteps, id } = run;
    const someParams = params.slice(0, limits.params);
    const someTags = tags.slice(0, limits.tags);
    const some = metrics.slice(0, limits.items - someParams.length - someTags.length);
    const rest = (): void => {
      params = params.slice(someParams.length);
      tags = tags.slice(someTags.length);
      // What was dropped meanwhile came from the front.
      metrics = metrics.filter((one) => !sent.has(one));
    };
    const sent = new Set(some);
    // The server has these steps from before a resume.
    const fresh = some.filter(({ key, step }) => step > (lastSteps.get(key) ?? -1));
    try {
      if (fresh.length + someParams.length + someTags.length > 0)
        await logBatch(api, id, { metrics: fresh, params: someParams, tags: someTags });
    } catch (error) {
      // The same request would be refused again.
      if (error instanceof RequestFailed && !error.isAway) rest();
      throw error;
    }
    rest();
  }

  async function flush(milliseconds: number): Promise<void> {
    const timers: (NodeJS.Timeout | undefined)[] = [];
    const time = new Promise<void>((resolve) => {
      timers.push(setTimeout(resolve, longestFlush));
      progress = () => {
        clearTimeout(timers[1]);
        timers[1] = setTimeout(resolve, milliseconds);
      };
      progress();
    });
    stopWaiting();
    start();
    await Promise.race([work, time]);
    progress = () => undefined;
    for (const timer of timers) clearTimeout(timer);
  }

  start();
  return {
    begun,
    metrics(more) {
      if (over) return;
      metrics.push(...more);
      const surplus = metrics.length - mostWaiting;
      if (surplus > 0) {
        metrics = metrics.slice(surplus);
        dropped += surplus;
      }
      start();
    },
    params(more) {
      params.push(...more);
      start();
    },
    tags(more) {
      tags.push(...more);
      start();
    },
    flush,
    async end(status, milliseconds) {
      if (over) return;
      // A server that is away has had its time.
      await flush(isAway ? Math.min(milliseconds, lastAttempt) : milliseconds);
      if (over) return;
      over = true;
      stopWaiting();
      const lost = metrics.length + dropped;
      if (!run || lost > 0)
        log(`[mlflow] ${lost} metrics are lost, because the server did not take them until the end.`);
      if (run && !isAway)
        await endRun(api, run.id, status).catch((error: unknown) => log((error as Error).message));
    },
  };
}

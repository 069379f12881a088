import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpoint } from '@cantrip/checkpoint';
import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, HostContext, Logs, SettledContext } from '@cantrip/trainer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlflow, type MlflowOptions } from '../src/index.ts';
import { python, startServer, type TestServer } from './peer/start-server.ts';

const { tinyTrainer } = (await presentWays())[0]!;
const validation = tinyData({ examples: 9 });

interface Found {
  readonly info: Readonly<Record<'run_id' | 'status' | 'run_name' | 'experiment_id', string>> & {
    readonly end_time?: number;
  };
  readonly data: Readonly<Record<'params' | 'tags', readonly { key: string; value: string }[]>>;
}

describe.skipIf(!python)('on a real MLflow server', () => {
  let server: TestServer;
  beforeAll(async () => void (server = await startServer()), 120_000);
  afterAll(() => server.stop());

  const found = async (id: string): Promise<Found> =>
    (await server.ask(`runs/get?run_id=${id}`))['run'] as unknown as Found;
  const valuesOf = (entries: readonly { key: string; value: string }[]): Record<string, string> =>
    Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  async function history(id: string, key: string): Promise<(readonly [number, unknown])[]> {
    const { metrics = [] } = (await server.ask(
      `metrics/get-history?run_id=${id}&metric_key=${encodeURIComponent(key)}`,
    )) as unknown as { metrics?: readonly { step: number; value: unknown }[] };
    return metrics.map(({ step, value }) => [Number(step), value] as const).sort(([a], [b]) => a - b);
  }

  interface Trained {
    readonly id: string;
    readonly epochs: readonly Logs[];
    readonly said: readonly string[];
    readonly error: unknown;
  }

  async function train(
    options: MlflowOptions,
    {
      plugins = [],
      epochs = 3,
      resume = false,
      validateEvery,
    }: { plugins?: readonly AnyPlugin[]; epochs?: number; resume?: boolean; validateEvery?: number } = {},
  ): Promise<Trained> {
    const said: string[] = [];
    const plugin = mlflow({ trackingUri: server.uri, ...options });
    const trainer = tinyTrainer([plugin, ...plugins], {
      log: (text) => void said.push(text),
      handleInterrupt: true,
    });
    const { run } = await trainer.open();
    let history: readonly Logs[] = [];
    let error: unknown;
    try {
      const fitted = await trainer.fit(tinyData(), {
        epochs,
        validation,
        validateEvery,
        ...(resume && { resume: 'auto' }),
      });
      history = [...fitted.earlier, ...fitted.epochs];
    } catch (thrown) {
      error = thrown;
    }
    const id = run.use(plugin).runId()!;
    trainer.dispose();
    return { id, epochs: history, said: said.filter((text) => text.includes('[mlflow]')), error };
  }

  it('a run has its settings, its tags, the figures of steps and epochs, and is finished', async () => {
    const { id, epochs, said } = await train({
      experiment: 'digits',
      runName: 'first',
      every: 1,
      params: { batch_size: 8 },
      tags: { team: 'a' },
    });
    expect(said).toEqual([]);
    const { info, data } = await found(id);
    expect(info).toMatchObject({ status: 'FINISHED', run_name: 'first' });
    expect(info.end_time).toBeGreaterThan(0);
    expect(valuesOf(data.params)).toMatchObject({
      seed: '7',
      learning_rate: '0.05',
      optimizer: 'sgd',
      'optimizer.momentum': '0.9',
      loss: 'softmaxCrossEntropy',
      epochs: '3',
      batch_size: '8',
    });
    expect(valuesOf(data.tags)).toMatchObject({ team: 'a' });
    expect((await history(id, 'batch_loss')).map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const name of ['loss', 'accuracy', 'validation_loss'])
      expect(await history(id, name)).toEqual(epochs.map((logs, index) => [3 * (index + 1), logs[name]]));
    const again = await train({ experiment: 'digits' });
    expect((await found(again.id)).info.experiment_id).toBe(info.experiment_id);
  });

  it('a run has the figures of validations within epochs at their steps', async () => {
    const { id } = await train({ experiment: 'within' }, { epochs: 2, validateEvery: 2 });
    expect((await history(id, 'validation_loss')).map(([step]) => step)).toEqual([2, 4, 6]);
  });

  it.each([
    ['a checkpoint within an epoch', 2, 5],
    ['a checkpoint after the last step of an epoch', 3, 6],
  ])('a run that goes on from %s has each step once, in the same run', async (_, every, last) => {
    const folder = join(mkdtempSync(join(tmpdir(), 'cantrip-mlflow-')), 'run');
    const ends: AnyPlugin = {
      name: 'ends',
      onSettled(context: SettledContext) {
        if (context.after === 'epoch' && context.step >= last) throw new Error('a test ends the run');
      },
    };
    const saved = (): AnyPlugin => checkpoint({ folder, every });
    const first = await train({ every: 1 }, { plugins: [saved(), ends], epochs: 4 });
    expect(String(first.error)).toContain('a test ends the run');
    expect((await found(first.id)).info.status).toBe('FAILED');
    const second = await train(
      { every: 1, params: { note: 'new', epochs: 5 } },
      { plugins: [saved(), { name: 'ends' }], epochs: 4, resume: true },
    );
    rmSync(folder, { recursive: true, force: true });
    expect(second.error).toBeUndefined();
    expect(second.id).toBe(first.id);
    expect((await history(first.id, 'batch_loss')).map(([step]) => step)).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
    expect(await history(first.id, 'validation_loss')).toEqual(
      second.epochs.map((logs, index) => [3 * (index + 1), logs['validation_loss']]),
    );
    const { info, data } = await found(first.id);
    expect(info.status).toBe('FINISHED');
    expect(valuesOf(data.params)).toMatchObject({ note: 'new', epochs: '4' });
    expect(second.said).toEqual([
      '[mlflow] the run keeps the first values of epochs, because MLflow changes no parameter.',
    ]);
  });

  it('a run that a signal stops is killed', async () => {
    const signalled: AnyPlugin = {
      name: 'signalled',
      onStepEnd: ({ step }: HostContext) => void (step === 4 && process.kill(process.pid, 'SIGTERM')),
    };
    const { id } = await train({}, { plugins: [signalled] });
    expect((await found(id)).info.status).toBe('KILLED');
  });

  it('a run has more settings and metrics than one request takes, long values, and any name', async () => {
    const many = Object.fromEntries(Array.from({ length: 230 }, (_, index) => [`setting ${index}`, index]));
    const plugin = mlflow({
      trackingUri: server.uri,
      params: { ...many, long: 'é'.repeat(7000), 'a\\b?#<é>/../c': 1 },
    });
    const user: AnyPlugin = {
      name: 'user',
      onTrainEnd({ run }: HostContext) {
        const { metric, tag } = run.use(plugin);
        for (let index = 0; index < 1200; index++) metric(`metric/${index % 5}`, index);
        for (const [name, value] of Object.entries({ nan: NaN, most: Infinity, least: -Infinity }))
          metric(name, value);
        tag('note', 'x'.repeat(9000));
      },
    };
    const said: string[] = [];
    const trainer = tinyTrainer([plugin, user], {
      log: (text) => void said.push(text),
    });
    const { run } = await trainer.open();
    const api = run.use(plugin);
    await trainer.fit(tinyData(), { epochs: 1 });
    const id = api.runId()!;
    trainer.dispose();
    expect(said.filter((text) => text.includes('[mlflow]'))).toEqual([]);
    const { data } = await found(id);
    const params = valuesOf(data.params);
    expect(params['setting 229']).toBe('229');
    expect(params['long']).toHaveLength(6000);
    expect(Object.keys(params)).toContain('a_b___é__.._c'.replaceAll(/[^\w]/g, '_'));
    const metrics = Object.fromEntries(
      (data as unknown as { metrics: readonly { key: string; value: unknown }[] }).metrics.map(
        ({ key, value }) => [key, value],
      ),
    );
    expect([metrics['metric/4'], metrics['nan']]).toEqual([1199, 'NaN']);
    expect(await history(id, 'metric/3')).toHaveLength(240);
    // The server's database has no infinity.
    expect(metrics['most']).toBeGreaterThan(1e308);
    expect(metrics['least']).toBeLessThan(-1e308);
    expect(valuesOf(data.tags)['note']).toHaveLength(5000);
    expect(Object.keys(params).length).toBeGreaterThan(230);
  });
});

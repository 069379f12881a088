import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deliver } from '../src/plugin/delivery.ts';
import { metricOf } from '../src/client/limits.ts';
import { apiOf } from '../src/client/request.ts';
import { serverOf } from '../src/client/server.ts';
import { createRun } from '../src/client/tracked-run.ts';
import { mlflow } from '../src/index.ts';

const { tinyTrainer } = (await presentWays())[0]!;

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: { readonly metrics?: readonly { key: string; step: number }[]; readonly status?: string };
}

type Answer = (path: string) => readonly [status: number, body: unknown] | 'silence';

const right: Answer = (path) => {
  if (path.startsWith('experiments')) return [200, { experiment: { experiment_id: '1' } }];
  if (path.startsWith('runs/create')) return [200, { run: { info: { run_id: 'abc' } } }];
  return [200, {}];
};

let fake: Server;
let uri: string;
let answer: Answer;
let asked: Asked[];

/** Answers as told. It stands in for a server that is ill, which a real one cannot be made to be. */
beforeEach(async () => {
  [answer, asked] = [right, []];
  fake = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const path = request.url!.replace('/api/2.0/mlflow/', '');
      asked.push({
        path,
        authorization: request.headers.authorization,
        body: text ? (JSON.parse(text) as Asked['body']) : {},
      });
      const given = answer(path);
      if (given === 'silence') return;
      response.writeHead(given[0], { 'content-type': 'application/json' });
      response.end(typeof given[1] === 'string' ? given[1] : JSON.stringify(given[1]));
    });
  });
  await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
  uri = `http://127.0.0.1:${(fake.address() as AddressInfo).port}`;
});
afterEach(() => {
  vi.unstubAllEnvs();
  fake.closeAllConnections();
  fake.close();
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

/** Trains two epochs, and returns what was logged and how long the steps took. */
async function trained(plugins: readonly AnyPlugin[]): Promise<{ said: string[]; steps: number }> {
  const said: string[] = [];
  const trainer = tinyTrainer(plugins, { log: (text) => void said.push(text) });
  await trainer.fit(tinyData(), { epochs: 2 });
  const steps = (await trainer.save()).position.step;
  trainer.dispose();
  return { said: said.filter((text) => text.includes('mlflow')), steps };
}

const allSteps = (): readonly number[] =>
  asked
    .flatMap(({ body }) => body.metrics ?? [])
    .filter(({ key }) => key === 'batch_loss')
    .map(({ step }) => step);

describe('a run goes on', () => {
  it('without a server, and says so in one line at the beginning and one at the end', async () => {
    const { said, steps } = await trained([mlflow({ trackingUri: 'http://127.0.0.1:9', every: 1 })]);
    expect(steps).toBe(6);
    expect(said).toEqual([
      expect.stringMatching(
        /^\[mlflow\] http:\/\/127\.0\.0\.1:9 does not answer: .+\. .+\. \(MLFLOW_AWAY\) The run goes on, and the server is asked again\.$/,
      ),
      expect.stringMatching(
        /^\[mlflow\] \d+ metrics are lost, because the server did not take them until the end\.$/,
      ),
    ]);
  });

  it('when the server refuses to create the run, and asks no more', async () => {
    answer = (path) =>
      path.startsWith('runs/create')
        ? [403, { error_code: 'PERMISSION_DENIED', message: 'no' }]
        : right(path);
    const { said } = await trained([mlflow({ trackingUri: uri, every: 1 })]);
    expect(said).toEqual([
      `[mlflow] ${uri} refuses a request: 403 PERMISSION_DENIED no. Correct what the server names. (MLFLOW_REFUSED) The run goes on without MLflow.`,
    ]);
    expect(asked.map(({ path }) => path.split('?')[0])).toEqual(['experiments/get-by-name', 'runs/create']);
  });

  it('when something else answers at that address', async () => {
    answer = () => [200, '<html>Welcome</html>'];
    const { said } = await trained([mlflow({ trackingUri: uri })]);
    expect(said[0]).toContain('refuses a request: 200 OK <html>Welcome</html>');
    expect(said).toHaveLength(1);
  });

  it('and no step waits for a server that is silent', async () => {
    answer = () => 'silence';
    const plugin = mlflow({ trackingUri: uri, every: 1 });
    const times: number[] = [];
    const clock: AnyPlugin = { name: 'clock', onStepEnd: () => void times.push(performance.now()) };
    const trainer = tinyTrainer([plugin, clock], { log: () => undefined });
    const fit = trainer.fit(tinyData(), { epochs: 2 });
    await vi.waitFor(() => expect(times).toHaveLength(6), 8000);
    fake.closeAllConnections(); // the end need not wait for its whole time
    fake.close();
    await fit;
    trainer.dispose();
  });
});

describe('what waits', () => {
  const begin = (said: string[], name = uri) => {
    const api = apiOf(serverOf('test', name));
    const open = () => createRun(api, { experiment: 'Default', name: undefined, tags: [] });
    return deliver({ api, open, log: (text) => void said.push(text), gather: 10, pause: 20 });
  };

  it('is sent when the server answers again, each step once and in order', async () => {
    const said: string[] = [];
    let failures = 0;
    answer = (path) => (path.startsWith('runs/log-batch') && failures++ < 3 ? [503, 'busy'] : right(path));
    const delivery = begin(said);
    await delivery.begun;
    for (let step = 1; step <= 2500; step++) delivery.metrics([metricOf('batch_loss', step, step)]);
    await vi.waitFor(() => expect(failures).toBeGreaterThan(3), 5000);
    await delivery.end('FINISHED', 5000);
    const sent = asked.filter(({ path }) => path.startsWith('runs/log-batch'));
    expect(Math.max(...sent.map(({ body }) => body.metrics!.length))).toBe(1000);
    expect(allSteps().slice(-2500)).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1));
    expect(asked.at(-1)).toMatchObject({ path: 'runs/update', body: { status: 'FINISHED' } });
    expect(said).toEqual([expect.stringContaining('503'), '[mlflow] the server answers again.']);
  });

  it('is bounded: the oldest metrics are dropped and counted', async () => {
    const said: string[] = [];
    answer = () => [503, 'busy'];
    const delivery = begin(said);
    for (let step = 0; step < 100_500; step += 500)
      delivery.metrics(Array.from({ length: 500 }, (_, index) => metricOf('batch_loss', 0, step + index)));
    answer = right;
    await delivery.end('FINISHED', 10_000);
    expect(Math.min(...allSteps())).toBe(500);
    expect(new Set(allSteps()).size).toBe(100_000);
    expect(said).toEqual(['[mlflow] 500 metrics were dropped, because too many waited for the server.']);
  });

  it('is left out if the server refuses it, and the rest is sent', async () => {
    const said: string[] = [];
    let first = true;
    answer = (path) => {
      if (!path.startsWith('runs/log-batch') || !first) return right(path);
      first = false;
      return [400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'bad' }];
    };
    const delivery = begin(said);
    delivery.metrics([metricOf('batch_loss', 1, 1)]);
    await delivery.flush(2000);
    delivery.metrics([metricOf('batch_loss', 2, 2)]);
    await delivery.end('FAILED', 2000);
    expect(allSteps()).toEqual([1, 2]);
    expect(said).toEqual([
      expect.stringMatching(/400 INVALID_PARAMETER_VALUE bad.+MLFLOW_REFUSED\) The run goes on\.$/),
    ]);
  });
});

describe('credentials', () => {
  it.each([
    [
      'a name and a password',
      { MLFLOW_TRACKING_USERNAME: 'me', MLFLOW_TRACKING_PASSWORD: 's3cret' },
      `Basic ${btoa('me:s3cret')}`,
    ],
    ['a token', { MLFLOW_TRACKING_TOKEN: 's3cret' }, 'Bearer s3cret'],
  ])('come from the environment as %s, and are never logged', async (_, variables, header) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    vi.stubEnv('MLFLOW_TRACKING_URI', uri);
    answer = (path) => [401, { error_code: 'UNAUTHENTICATED', message: `you sent ${header} to ${path}` }];
    const plugin = mlflow();
    const { said } = await trained([plugin]);
    expect(asked[0]!.authorization).toBe(header);
    expect(said).toHaveLength(1);
    for (const text of [...said, JSON.stringify(plugin.settings)]) {
      expect(text).not.toContain('s3cret');
      expect(text).not.toContain(header.split(' ')[1]);
    }
    expect(said[0]).toContain('401 UNAUTHENTICATED');
  });

  it('within the address are used, and never logged', async () => {
    answer = () => [401, 'no'];
    const plugin = mlflow({ trackingUri: uri.replace('://', '://me:s3%63ret@') });
    const { said } = await trained([plugin]);
    expect(asked[0]!.authorization).toBe(`Basic ${btoa('me:s3cret')}`);
    expect(said.join() + JSON.stringify(plugin.settings)).not.toMatch(/s3cret|s3%63ret/);
  });
});

describe('refused are', () => {
  it.each([
    { trackingUri: 'sqlite:///mlflow.db' },
    { trackingUri: './mlruns' },
    { trackingUri: '' },
    { trackingUri: 'http://127.0.0.1', experiment: '' },
    { trackingUri: 'http://127.0.0.1', every: 0 },
    { trackingUri: 'http://127.0.0.1', params: { a: null } },
    { trackingUri: 'http://127.0.0.1', tags: { a: 1 } },
    { tracking_uri: 'http://127.0.0.1' },
    {},
  ])('the options %o', (options) => {
    expect(() => mlflow(options as never)).toThrow(/^\[mlflow\] .+\. .+\. \(OPTION_INVALID\)$/);
  });
});

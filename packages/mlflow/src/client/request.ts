import { CantripError } from '@cantrip/errors';
import { codes } from '../error-codes.ts';
import type { Server } from './server.ts';

/** Calls the REST interface of a tracking server. */
export interface Api {
  get(path: string, query: Readonly<Record<string, string>>): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
}

/** A request that failed. */
export class RequestFailed extends CantripError {
  /** MLflow's own code, such as RESOURCE_DOES_NOT_EXIST. */
  readonly answer: string | undefined;
  /** Whether the same request may succeed later. */
  readonly isAway: boolean;

  constructor(
    server: Server,
    why: string,
    { answer, isAway }: { answer?: string | undefined; isAway: boolean },
  ) {
    super(isAway ? codes.MLFLOW_AWAY : codes.MLFLOW_REFUSED, {
      who: 'mlflow',
      what: server.hide(
        isAway ? `${server.uri} does not answer: ${why}` : `${server.uri} refuses a request: ${why}`,
      ),
      fix: isAway ? 'Start the server, or correct trackingUri' : 'Correct what the server names',
    });
    this.answer = answer;
    this.isAway = isAway;
  }
}

/** A server that takes longer is away. A full request takes a small server some seconds. */
const patience = 30_000;

/** What a server says while it is overloaded or behind one that is. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

export function apiOf(server: Server): Api {
  async function call(path: string, init: RequestInit): Promise<unknown> {
    const headers = {
      'content-type': 'application/json',
      ...(server.authorization !== undefined && { authorization: server.authorization }),
    };
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${server.uri}/api/2.0/mlflow/${path}`, {
        ...init,
        headers,
        signal: AbortSignal.timeout(patience),
      });
      text = await response.text();
    } catch (error) {
      throw new RequestFailed(server, reasonOf(error), { isAway: true });
    }
    const answer = parsed(text);
    if (response.ok && answer !== undefined) return answer;
    const { error_code: code, message } = (answer ?? {}) as Partial<Record<'error_code' | 'message', string>>;
    const said = `${response.status} ${code ?? response.statusText} ${message ?? text}`;
    throw new RequestFailed(server, said.replaceAll(/\s+/g, ' ').slice(0, 300).trim(), {
      answer: typeof code === 'string' ? code : undefined,
      // A page in place of JSON is that of another server.
      isAway: passing.has(response.status),
    });
  }

  return {
    get: (path, query) => call(`${path}?${new URLSearchParams(query).toString()}`, { method: 'GET' }),
    post: (path, body) => call(path, { method: 'POST', body: JSON.stringify(body) }),
  };
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** fetch says only that it failed; the cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${patience / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error)
    return cause.message || String((cause as NodeJS.ErrnoException).code ?? cause.name);
  return error.message;
}

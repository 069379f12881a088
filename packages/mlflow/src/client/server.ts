import { CantripError } from '@cantrip/errors';

/** Where the tracking server is, and how it knows us. */
export interface Server {
  /** Without credentials and without a slash at its end. */
  readonly uri: string;
  /** The header `authorization`, if there is one. */
  readonly authorization: string | undefined;
  /** Replaces credentials in a text. */
  hide(text: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the address, and the credentials from the environment: MLFLOW_TRACKING_USERNAME with MLFLOW_TRACKING_PASSWORD, or
 * MLFLOW_TRACKING_TOKEN. Name and password within the address count too.
 *
 * @throws CantripError OPTION_INVALID
 */
export function serverOf(
  who: string,
  given: string | undefined,
  environment: Environment = process.env,
): Server {
  const text = given ?? environment['MLFLOW_TRACKING_URI'];
  const url = urlOf(who, text, given === undefined);
  const user = decodeURIComponent(url.username) || environment['MLFLOW_TRACKING_USERNAME'];
  const password = decodeURIComponent(url.password) || environment['MLFLOW_TRACKING_PASSWORD'];
  const token = environment['MLFLOW_TRACKING_TOKEN'];
  const basic = user && password ? Buffer.from(`${user}:${password}`).toString('base64') : undefined;
  const authorization = basic ? `Basic ${basic}` : token ? `Bearer ${token}` : undefined;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  const secrets = [basic, password, token].filter((one) => one !== undefined && one !== '') as string[];
  return {
    uri: url.href.replace(/\/+$/, ''),
    authorization,
    hide: (said) => secrets.reduce((left, secret) => left.replaceAll(secret, '***'), said),
  };
}

function urlOf(who: string, text: string | undefined, isFromEnvironment: boolean): URL {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  // An address may hold a password, so it is not repeated.
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${isFromEnvironment ? 'trackingUri or MLFLOW_TRACKING_URI' : 'trackingUri'} must be the http address of an MLflow server, got ${text === undefined ? 'none' : (url?.protocol ?? 'a text that is no address')}`,
    fix: "Start one with `mlflow server`, and pass trackingUri: 'http://127.0.0.1:5000'",
  });
}

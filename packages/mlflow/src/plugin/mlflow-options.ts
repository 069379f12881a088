import { parseOptions, schemaOf } from '@cantrip/errors';
import { type Length, lengthCheck } from '@cantrip/plugin-kit';
import * as v from 'valibot';
import { type Server, serverOf } from '../client/server.ts';

export interface MlflowOptions {
  /**
   * The address of the tracking server; MLFLOW_TRACKING_URI by default. Credentials come from MLFLOW_TRACKING_USERNAME with
   * MLFLOW_TRACKING_PASSWORD, or from MLFLOW_TRACKING_TOKEN.
   */
  readonly trackingUri?: string | undefined;
  /** The experiment, which is created if it does not exist; MLFLOW_EXPERIMENT_NAME by default, or else `Default`. */
  readonly experiment?: string | undefined;
  /** The name of the run. By default the server chooses one. */
  readonly runName?: string | undefined;
  /** How often loss, learning rate and scheduled scalars of a step are sent: steps, `'0.1ep'` or `'1%'`; 10 by default. */
  readonly every?: Length;
  /** Further parameters, such as the batch size. They replace the run's own of the same name. */
  readonly params?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Tags of the run. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

const optionalName = v.optional(v.pipe(v.string(), v.nonEmpty()));

const schema = v.strictObject({
  trackingUri: optionalName,
  experiment: optionalName,
  runName: optionalName,
  every: v.optional(
    v.pipe(
      schemaOf(lengthCheck),
      v.check((value) => Number.parseFloat(String(value)) > 0, 'must be longer than 0'),
    ),
    10,
  ),
  params: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
  tags: v.optional(v.record(v.string(), v.string()), {}),
});

export interface ReadMlflow extends Required<
  Omit<MlflowOptions, 'trackingUri' | 'runName' | 'params' | 'tags'>
> {
  readonly server: Server;
  readonly experiment: string;
  readonly runName: string | undefined;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** @throws CantripError OPTION_INVALID */
export function readMlflowOptions(options: MlflowOptions): ReadMlflow {
  const { trackingUri, experiment, runName, ...rest } = parseOptions('mlflow', schema, options);
  return {
    ...rest,
    runName,
    experiment: experiment ?? (process.env['MLFLOW_EXPERIMENT_NAME'] || 'Default'),
    server: serverOf('mlflow', trackingUri),
  } as ReadMlflow;
}

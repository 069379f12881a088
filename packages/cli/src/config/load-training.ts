import { CantripError } from '@cantrip/errors';
import { codes } from '../error-codes.ts';
import { checkTraining, readConfig } from './define-config.ts';
import { defaultExport, importModule, type UserModule } from './import-module.ts';
import type { Params } from './params.ts';
import { setParams } from './set-params.ts';
import type { Lazy, Training } from './training.ts';

/** A training that was read from a config. */
export interface LoadedTraining {
  /** The absolute path of the config. */
  readonly path: string;
  /** The parameters, as they were set. */
  readonly params: Params;
  readonly training: Training;
}

/**
 * Reads a config, sets its parameters, and creates its training.
 *
 * @throws CantripError CLI_CONFIG, CLI_PARAMETER, OPTION_INVALID; else what the config throws
 */
export async function loadTraining(
  who: string,
  file: string,
  sets: readonly string[],
): Promise<LoadedTraining> {
  return trainingOf(who, await importModule(who, file), file, sets);
}

/** Does the same with a config that is imported already. */
export async function trainingOf(
  who: string,
  module: UserModule,
  file: string,
  sets: readonly string[],
): Promise<LoadedTraining> {
  const exported = defaultExport(module);
  if (exported === undefined) {
    throw new CantripError(codes.CLI_CONFIG, {
      who,
      what: `${file} has no default export`,
      fix: "Write export default defineConfig({ … }), imported from '@cantrip/cli/config'",
    });
  }
  const config = readConfig(who, exported);
  const params = setParams(who, config.params, sets);
  return { path: module.path, params, training: checkTraining(who, await config.run(params)) };
}

/** The value, or what its function returns. */
export async function valueOf<Value>(lazy: Lazy<Value>): Promise<Value> {
  return typeof lazy === 'function' ? await (lazy as () => Value | Promise<Value>)() : lazy;
}

import { CantripError } from '@cantrip/errors';
import type { RunLength, Schedule } from '@cantrip/lr-schedules';
import type { Training } from '../config/training.ts';
import { fromProject } from '../config/from-project.ts';
import { defaultExport, type UserModule } from '../config/import-module.ts';
import { trainingOf, valueOf } from '../config/load-training.ts';
import { codes } from '../error-codes.ts';
import { nearest } from '../nearest.ts';
import { pluginsOf } from './plugins-of.ts';

/** Schedules by name, and what is known of the run that follows them. */
export interface SchedulesToDraw extends Partial<RunLength> {
  readonly schedules: readonly (readonly [name: string, schedule: Schedule])[];
}

/**
 * The schedules of a module: what it exports by name and is a function. If there is none, those of the plugins of its config.
 *
 * @param name - only the schedule of this name
 * @throws CantripError CLI_CONFIG; OPTION_INVALID or CLI_PARAMETER if the config is wrong
 */
export async function schedulesToDraw(
  who: string,
  module: UserModule,
  file: string,
  { name, set }: { readonly name: string | undefined; readonly set: readonly string[] },
): Promise<SchedulesToDraw> {
  const exported = exportedSchedules(module.exports, name);
  const isConfig = defaultExport(module) !== undefined;
  if (isConfig && (exported.length === 0 || set.length > 0)) {
    const { path, training } = await trainingOf(who, module, file, set);
    const found = await ofTraining(who, path, training);
    const schedules = found.schedules.filter(([one]) => name === undefined || one === name);
    if (schedules.length > 0) return { ...found, schedules };
    throw noSchedule(
      who,
      file,
      name,
      found.schedules.map(([one]) => one),
      true,
    );
  }
  if (exported.length > 0) return { schedules: exported };
  throw noSchedule(
    who,
    file,
    name,
    exportedSchedules(module.exports, undefined).map(([one]) => one),
    false,
  );
}

/** What a module exports by name and is a function. Other functions may stand beside schedules, e.g. a model. */
function exportedSchedules(
  exports: Readonly<Record<string, unknown>>,
  name: string | undefined,
): SchedulesToDraw['schedules'] {
  const functions = Object.entries(exports).filter(
    (entry): entry is [string, Schedule] => typeof entry[1] === 'function' && entry[0] !== 'default',
  );
  if (name !== undefined) return functions.filter(([one]) => one === name);
  const known = functions.filter(([, one]) => one.forRun);
  return known.length > 0 ? known : functions;
}

async function ofTraining(who: string, path: string, training: Training): Promise<SchedulesToDraw> {
  const { schedulesOf } = await fromProject(who, '@cantrip/lr-schedules', path);
  const { asBatchSource } = await fromProject(who, '@cantrip/trainer', path);
  const plugins = await pluginsOf(training.trainer.plugins ?? []);
  const schedules = Object.entries(
    Object.assign({}, ...plugins.map(schedulesOf)) as Record<string, Schedule>,
  );
  if (schedules.length === 0) return { schedules };
  const { optimizer } = training.trainer;
  const { batchesPerEpoch } = asBatchSource(await valueOf(training.data));
  // An optimizer that is a function may need the device, which is not opened here.
  if (batchesPerEpoch === undefined || typeof optimizer === 'function') return { schedules };
  const batchesPerStep = ('batchesPerStep' in optimizer && optimizer.batchesPerStep) || 1;
  const stepsPerEpoch = Math.ceil(batchesPerEpoch / batchesPerStep);
  const { epochs = Infinity, steps = Infinity } = training.fit;
  const totalSteps = Math.min(steps, stepsPerEpoch * epochs);
  return { schedules, stepsPerEpoch, ...(Number.isFinite(totalSteps) && { totalSteps }) };
}

function noSchedule(
  who: string,
  file: string,
  name: string | undefined,
  known: readonly string[],
  isConfig: boolean,
): CantripError {
  const where = isConfig ? `no plugin of the config ${file} follows` : `${file} exports`;
  const which =
    name === undefined
      ? `${isConfig ? 'a schedule' : 'no schedule by name'}`
      : `${isConfig ? 'a' : 'no'} schedule ${name}`;
  const meant = name === undefined ? undefined : nearest(name, known);
  const usual = isConfig
    ? "Add lrSchedule(cosine({ value: 0.1, steps: '100%' })) to its plugins"
    : 'Write export const rate = cosine({ value: 0.1, steps: 500 })';
  return new CantripError(codes.CLI_CONFIG, {
    who,
    what: `${where} ${which}`,
    fix: meant === undefined ? usual : `Perhaps you mean ${meant}`,
  });
}

import { isCantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { DriverDevice, DeviceDescription, OpenDeviceOptions } from '../device/device.ts';
import { DeviceAbsent } from '../device/device-absent.ts';
import { requireEnvironment } from '../device/environment.ts';
import { hostMemory, processorName, threadCount } from '../device/hardware.ts';
import { tidyCache } from '../runtime/files/work-folder.ts';
import { requireCEnvironment } from '../native/api/c-environment.ts';
import { contextThreads, countingThreads } from '../native/settings/context-threads.ts';
import { checkSwitches } from '../native/settings/check-switches.ts';
import { installCuda, whyNoDriver, whyNoGpu } from '../native/library/cuda-libraries.ts';
import { type EagerContext, openContext } from '../native/eager/eager-context.ts';
import { findWithSource, installedDamage, installedSource } from '../native/library/find-library.ts';
import { gpuName } from '../native/settings/gpu-name.ts';
import { threadRule, whyAllThreads } from '../native/settings/step-threads.ts';
import { requirePoolsOfContexts } from '../native/settings/thread-pools.ts';
import { tryLoad } from '../native/api/load-shared.ts';
import type { NativeLibrary } from '../native/api/native-library.ts';
import { allowTf32, librarySettings } from '../native/settings/library-settings.ts';
import { openedLibrary, openLibrary } from '../native/library/open-library.ts';
import { quietly } from '../native/api/quiet.ts';
import { registerBackend } from './register-backend.ts';

type NativeName = 'cuda' | 'tensorflow';

/**
 * Opens TensorFlow and makes it tfjs-core's backend. This file and its imports load koffi, so import it only when
 * needed.
 */
export async function openNative(
  name: NativeName,
  { environment = {} }: OpenDeviceOptions,
): Promise<DriverDevice> {
  const noDriver = name === 'cuda' ? whyNoDriver(tryLoad) : undefined;
  if (noDriver !== undefined) throw new DeviceAbsent(name, noDriver);
  const library = openedLibrary() ?? (await load(name, environment));
  requireEnvironment(name, environment);
  const context = openContextOf(name, library);
  await registerBackend(library, context, () => openContextOf(name, library));
  const description = describe(name, library, context);
  return {
    name,
    describe: () => ({
      ...description,
      settings: { ...librarySettings(library), stepThreads: stepThreads(context) },
    }),
    allowTf32: (allowed) => allowTf32(library, requireFlag('Device.allowTf32', allowed)),
  };
}

function requireFlag(who: string, given: unknown): boolean {
  return parseOptions(who, v.strictObject({ allowed: v.boolean() }), { allowed: given }).allowed;
}

async function load(name: NativeName, environment: Readonly<Record<string, string>>): Promise<NativeLibrary> {
  tidyCache();
  const found = await findWithSource();
  const install = name === 'cuda' ? installCuda : 'npx @cantrip/cli install-runtime';
  if (found === undefined) {
    const damage = await installedDamage();
    throw new DeviceAbsent(name, {
      reason: damage?.problem ?? 'no TensorFlow library was found',
      command: name === 'cuda' ? install : (damage?.command ?? install),
    });
  }
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  requireEnvironment(name, environment);
  requireCEnvironment(name, environment);
  requirePoolsOfContexts(name);
  checkSwitches();
  try {
    return openLibrary(found.path);
  } catch (error) {
    if (found.source !== installedSource || !isCantripError(error)) throw error;
    // An install repairs it. The user did not name this library.
    throw new DeviceAbsent(name, { reason: error.what, command: install, cause: error });
  }
}

function openContextOf(name: NativeName, library: NativeLibrary): EagerContext {
  const gpu = name === 'cuda';
  if (gpu && !library.builtWithCuda) throw new DeviceAbsent(name, whyNoGpu(library, tryLoad));
  const context = quietly(() => countingThreads(() => openContext(library, { gpu })));
  if (!gpu || context.home.type === 'GPU') return context;
  context.close();
  throw new DeviceAbsent(name, whyNoGpu(library, tryLoad));
}

const stepThreads = ({ home }: EagerContext): string => threadRule(whyAllThreads(home.type), threadCount());

function describe(name: NativeName, library: NativeLibrary, { home }: EagerContext): DeviceDescription {
  const gpu = name === 'cuda';
  return {
    name,
    version: `TensorFlow ${library.version}`,
    library: library.path,
    threads: contextThreads().intraOpThreads ?? threadCount(),
    hardware: gpu ? gpuName(Number(home.name.split(':').at(-1))) : processorName(),
    memory: gpu ? home.memory : hostMemory(),
    passedOver: [],
  };
}

import { existsSync, realpathSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { findLibrary, openedDevice } from '@cantrip/core-tensor-gpu';
import { hashOf, libraryFile, type LibraryFile } from '@cantrip/core-tensor-gpu/tuning';
import type { TuneContext } from '@cantrip/trainer';

/** The facts about a measurement that are known before TensorFlow loads. */
export interface MeasuringPlace {
  /** The program's file. */
  readonly program: string;
  /** A hash of the processor, its cores, the library, the trainer's options and the environment. */
  readonly place: string;
  readonly library: LibraryFile;
  /** Variables that are already set; they are not changed. */
  readonly fixed: readonly string[];
}

const isRead = (name: string): boolean => /^(TF|XLA|OMP|KMP|MKL|NVIDIA|CUDA)_/.test(name);

/** Returns these facts, or a text that says why the step cannot be measured. */
export async function measuringPlace(context: TuneContext): Promise<MeasuringPlace | string> {
  const { device, capture, compile, environment } = context;
  if (!['auto', 'tensorflow', 'cuda'].includes(device)) return `the device is ${device}`;
  if (openedDevice()?.describe().library !== undefined) return 'TensorFlow has loaded already';
  const file = process.argv[1];
  if (file === undefined || !existsSync(file)) return 'there is no program file to run again';
  const path = await findLibrary();
  const library = path === undefined ? undefined : libraryFile(path);
  if (library === undefined) return 'there is no TensorFlow library';
  const variables = Object.entries({ ...process.env, ...environment }).filter(([name]) => isRead(name));
  const processor = [cpus()[0]?.model, availableParallelism()];
  return {
    program: realpathSync(file),
    place: hashOf([processor, library, device, capture, compile, variables.sort()]),
    library,
    fixed: variables.map(([name]) => name),
  };
}

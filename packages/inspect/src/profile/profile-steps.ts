import { CantripError, describe } from '@cantrip/errors';
import type { AnyPlugin, Data, Plugin, PluginList, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { type KernelRun, watchKernels } from '../kernels/watch-kernels.ts';
import { median, opTimes } from './op-times.ts';
import { type CheckedProfile, type ProfileOptions, readProfileOptions } from './profile-options.ts';
import type { StepProfile } from './step-profile.ts';
import { writeProfile } from './write-profile.ts';

/**
 * Trains some steps and measures where their time goes, op by op.
 *
 * The steps run op by op, also for a trainer that captures: a captured step is one call, in which TensorFlow fuses some of
 * these ops. `capturedStep` is its time. The trainer is one of its own, and a model that exists already gets its
 * weights back. Plugins that write files are left out.
 *
 * @param options - the options of `createTrainer`
 * @param data - the training data, as `fit` takes them
 * @throws CantripError OPTION_INVALID, also for a device whose ops do not end before they return; what `fit` throws
 * @example
 * ```ts
 * const profile = await profileSteps({ model, optimizer, loss }, train, { steps: 20, folder: 'runs/mnist' });
 * console.log(formatProfile(profile));
 * ```
 */
export async function profileSteps(
  options: TrainerOptions,
  data: Data,
  given: ProfileOptions = {},
): Promise<StepProfile> {
  const asked = readProfileOptions(given);
  if (typeof options !== 'object' || options === null) throw noOptions(options);
  const { compile: _, ...uncompiled } = options;
  const opByOp = await measured({ ...uncompiled, capture: false }, data, asked);
  const captured = options.capture === false ? undefined : await measured(options, data, asked);
  const profile: StepProfile = {
    format: 'cantrip-profile',
    version: 1,
    rows: opTimes(opByOp.kernels),
    step: median(opByOp.milliseconds),
    ...(captured?.captures && { capturedStep: median(captured.milliseconds) }),
    steps: asked.steps,
    device: opByOp.device,
  };
  if (asked.folder !== undefined) await writeProfile(asked.folder, profile);
  return profile;
}

interface Measured {
  readonly device: string;
  readonly captures: boolean;
  /** Of each step. */
  readonly kernels: readonly (readonly KernelRun[])[];
  readonly milliseconds: readonly number[];
}

async function measured(
  options: TrainerOptions,
  data: Data,
  { steps, warmUp }: CheckedProfile,
): Promise<Measured> {
  // Only here, so that summaries need no trainer.
  const { createTrainer } = await import('@cantrip/trainer');
  const watching = watchingPlugin(warmUp, steps);
  const { plugin } = watching;
  const plugins = [...withoutFiles(options.plugins ?? []), plugin];
  const trainer = createTrainer({ ...options, plugins, reporter: false });
  const before = new Set(Object.values(tf.engine().registeredVariables));
  let made: readonly tf.Variable[] = [];
  try {
    const { device, run } = await trainer.open();
    if (!waiting.has(device.name)) throw noTimes(device.name);
    const variables = Object.values(run.variables);
    made = variables.filter((variable) => !before.has(variable));
    const given = made.length < variables.length ? await trainer.save() : undefined;
    try {
      // Each epoch has one step at least.
      await trainer.fit(data, { epochs: warmUp + steps });
    } finally {
      watching.end();
      if (given) await trainer.restore(given);
    }
    return { ...watching.found(), device: device.name };
  } finally {
    trainer.dispose();
    // The trainer leaves the model that it made, whose variables keep their names.
    tf.dispose([...made]);
  }
}

/** Devices whose ops have ended when they return. */
const waiting: ReadonlySet<string> = new Set(['tensorflow', 'wasm', 'cpu']);

interface Watching {
  readonly plugin: Plugin;
  /** What was measured. */
  found(): Omit<Measured, 'device'>;
  /** Also if a step failed. */
  end(): void;
}

/** A plugin that watches some steps, and then stops the run. */
function watchingPlugin(warmUp: number, steps: number): Watching {
  let end = (): void => undefined;
  let captures = false;
  let kernels: KernelRun[] = [];
  const found = { kernels: [] as KernelRun[][], milliseconds: [] as number[] };
  return {
    plugin: {
      name: 'profile-steps',
      onTrainBegin: ({ describe: description }) =>
        void (captures = description().library?.['captured'] === 'yes'),
      onStepBegin({ step }) {
        if (step < warmUp) return;
        kernels = [];
        end = watchKernels((kernel) => void kernels.push(kernel));
      },
      onStepEnd({ run, step, milliseconds }) {
        end();
        if (step <= warmUp) return;
        found.kernels.push(kernels);
        found.milliseconds.push(milliseconds);
        if (found.milliseconds.length === steps) run.stop('all steps are measured');
      },
    },
    found: () => ({ ...found, captures }),
    end: () => end(),
  };
}

/** The list without plugins that write files, or that draw on the terminal. */
function withoutFiles(list: PluginList): PluginList {
  return list.map((entry) => {
    if (entry instanceof Promise) return entry.then((one) => keptOf(one) as AnyPlugin);
    return keptOf(entry as PluginList[number]);
  }) as PluginList;
}

function keptOf(entry: PluginList[number]): PluginList[number] {
  if (Array.isArray(entry)) return withoutFiles(entry as PluginList) as PluginList[number];
  const { store, onSave, provides } = (entry || {}) as Partial<AnyPlugin>;
  return store || onSave || provides?.includes('progress') ? false : entry;
}

function noTimes(device: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'profileSteps',
    what: `the ops of the device ${device} go on after they return, so their times are not known`,
    fix: "Use device: 'tensorflow' or device: 'wasm'",
  });
}

function noOptions(options: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'profileSteps',
    what: `options must be the options of createTrainer, got ${describe(options)}`,
    fix: 'Write profileSteps({ model, optimizer, loss }, data)',
  });
}

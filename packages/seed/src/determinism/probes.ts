import type { AnyPlugin, Clock, Hooks, Plugin, PluginList, Run, State, Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { createSlots } from './slots.ts';
import { createTracer, type Place, type Trace } from './trace.ts';

export interface ProbeOptions {
  /** The number of steps after which the run stops. */
  readonly steps: number;
  /** `results`: records losses and weights after each step. `all`: also every tensor of the step, after every hook. */
  readonly what: 'results' | 'all';
  /** The step whose values are stored. */
  readonly keepStep?: number | undefined;
}

/** Plugins between those of a trainer. They record values and change nothing. */
export interface Probes {
  insert(list: PluginList): PluginList;
  /** Undefined before the run is opened. */
  trace(): Trace | undefined;
  /** Also disposes the weights of a model that was built for this run. */
  dispose(): void;
}

type HookName = keyof Hooks<State>;
type WeightHook = 'onTrainBegin' | 'onEpochBegin' | 'onStepEnd' | 'onEpochEnd';

export function createProbes({ steps, what, keepStep }: ProbeOptions): Probes {
  const tracer = createTracer(keepStep);
  const slots = createSlots();
  const copies: (readonly [Place, tf.Tensor])[] = [];
  const before = new Set(Object.values(tf.engine().registeredVariables));
  let opened: Run | undefined;
  let step = 0;

  const flush = async (): Promise<void> => {
    for (const [place, copy] of copies.splice(0)) {
      await tracer.seeTensor(place, copy);
      copy.dispose();
    }
  };
  const weights = async (place: Omit<Place, 'tensor'>, run: Run): Promise<void> => {
    for (const [tensor, variable] of Object.entries(run.variables))
      await tracer.seeTensor({ ...place, tensor }, variable);
  };

  function probe(plugin: AnyPlugin | undefined): Plugin {
    const from = (hook: string): Omit<Place, 'step' | 'tensor'> => ({ plugin: plugin?.name, hook });
    const write = (hook: string, name: string, value: Tensors): void => {
      for (const [tensor, one] of entriesOf(name, value)) slots.write({ ...from(hook), tensor }, one);
    };
    const number = (hook: string, tensor: string, value: number): void =>
      tracer.see({ ...from(hook), step, tensor }, Float64Array.of(value));
    const numbers = (hook: string) => (scalars: Readonly<Record<string, number>>) => {
      for (const [name, value] of Object.entries(scalars)) number(hook, `scalar ${name}`, value);
      return scalars;
    };
    const observe =
      (hook: WeightHook) =>
      async (context: Clock & { readonly run: Run }): Promise<void> => {
        step = hook.endsWith('End') ? context.step - 1 : context.step;
        if (hook === 'onTrainBegin') await flush();
        if (hook === 'onStepEnd' && plugin === undefined) await slots.trace(step, tracer);
        await weights({ ...from(hook), step }, context.run);
        if (hook === 'onStepEnd') step = context.step;
      };
    const hooks: Hooks<State> = {
      scheduleLearningRate: (rate) => (number('scheduleLearningRate', 'learningRate', rate), rate),
      scheduleScalars: numbers('scheduleScalars'),
      scheduleBatchScalars: numbers('scheduleBatchScalars'),
      transformBatch(batch) {
        write('transformBatch', 'batch inputs', batch.inputs);
        write('transformBatch', 'batch targets', batch.targets);
        return batch;
      },
      transformOutputs: (outputs) => (write('transformOutputs', 'outputs', outputs), outputs),
      transformTargets: (targets) => (write('transformTargets', 'targets', targets), targets),
      transformLoss: (loss) => (write('transformLoss', 'loss', loss), loss),
      transformGradients(gradients) {
        for (const [name, gradient] of Object.entries(gradients))
          slots.write({ ...from('transformGradients'), tensor: `gradient of ${name}` }, gradient);
        return gradients;
      },
      onTrainBegin: observe('onTrainBegin'),
      onEpochBegin: observe('onEpochBegin'),
      onStepEnd: observe('onStepEnd'),
      onEpochEnd: observe('onEpochEnd'),
    };
    return {
      name: plugin === undefined ? 'verify-determinism' : `verify-determinism after ${plugin.name}`,
      ...pick(hooks, (hook) =>
        plugin === undefined ? !onlyAfterPlugins.has(hook) : plugin[hook] !== undefined,
      ),
      ...((plugin === undefined || plugin.setup) && {
        setup(run) {
          for (const [tensor, variable] of Object.entries(run.variables))
            copies.push([{ ...from('setup'), step: 0, tensor }, tf.keep(tf.clone(variable))]);
        },
      }),
    };
  }

  const end: Plugin = {
    name: 'verify-determinism at the end',
    setup: (run) => void (opened = run),
    onTrainBegin: ({ run }) => weights({ step: 0, hook: 'onTrainBegin', plugin: undefined }, run),
    async onStepEnd({ run, step: done, loss }) {
      const place = { step: done - 1, hook: 'onStepEnd', plugin: undefined };
      if (what === 'results') {
        tracer.see({ ...place, tensor: 'loss' }, Float64Array.of(await loss()));
        await weights(place, run);
      }
      if (done >= steps) run.stop('verifyDeterminism has seen its steps');
    },
  };

  return {
    insert(list) {
      const plugins = (list as readonly unknown[])
        .flat(Infinity)
        .filter((entry): entry is AnyPlugin => Boolean(entry));
      if (what === 'results') return [...plugins, end];
      return [probe(undefined), ...plugins.flatMap((plugin) => [plugin, probe(plugin)]), end];
    },
    trace: () => opened && { seed: opened.seed, seen: tracer.seen },
    dispose() {
      slots.dispose();
      for (const [, copy] of copies.splice(0)) copy.dispose();
      for (const variable of Object.values(opened?.variables ?? {}))
        if (!before.has(variable)) variable.dispose();
    },
  };
}

/** Before the first plugin, other probes already record the values of these hooks. */
const onlyAfterPlugins = new Set<HookName>([
  'transformTargets',
  'scheduleLearningRate',
  'scheduleScalars',
  'scheduleBatchScalars',
]);

function pick(hooks: Hooks<State>, wanted: (hook: HookName) => boolean): Hooks<State> {
  return Object.fromEntries(Object.entries(hooks).filter(([hook]) => wanted(hook as HookName)));
}

function entriesOf(name: string, value: Tensors): readonly (readonly [string, tf.Tensor])[] {
  if (value instanceof tf.Tensor) return [[name, value]];
  return Object.entries(value).map(([part, tensor]) => [`${name} ${part}`, tensor] as const);
}

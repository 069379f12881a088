// Checked by `npm run typecheck`: each line after @ts-expect-error must not compile, and all others must.
import type { Scalar, Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type {
  AnyPlugin,
  Batch,
  Plugin,
  PluginList,
  RandomTensors,
  Run,
  State,
  StepContext,
  Trainer,
} from '@cantrip/trainer';
import { expectTypeOf, test } from 'vitest';

test('a hook of the step is synchronous, and returns what it was given', () => {
  const right: Plugin = {
    name: 'right',
    transformBatch: (batch) => batch,
    transformOutputs: (outputs) => outputs,
    transformTargets: (targets) => targets,
    transformLoss: (loss) => loss,
    transformGradients: (gradients) => gradients,
    wrapGradients: (next) => next({ random: 'same' }),
    transformModel: (model) => model,
    transformOptimizer: (optimizer) => optimizer,
  };
  expectTypeOf(right).toExtend<AnyPlugin>();
  // @ts-expect-error -- async
  const batch: Plugin = { name: 'a', transformBatch: async (given) => given };
  // @ts-expect-error -- async
  const outputs: Plugin = { name: 'a', transformOutputs: async (given) => given };
  // @ts-expect-error -- async
  const targets: Plugin = { name: 'a', transformTargets: async (given) => given };
  // @ts-expect-error -- async
  const loss: Plugin = { name: 'a', transformLoss: async (given) => given };
  // @ts-expect-error -- async
  const gradients: Plugin = { name: 'a', transformGradients: async (given) => given };
  // @ts-expect-error -- async
  const wrap: Plugin = { name: 'a', wrapGradients: async (next) => next() };
  // @ts-expect-error -- async
  const optimizer: Plugin = { name: 'a', transformOptimizer: async (given) => given };
  const apply: Plugin = {
    name: 'a',
    // @ts-expect-error -- an async apply
    transformOptimizer: (given) => ({ ...given, apply: async (update) => given.apply(update) }),
  };
  // @ts-expect-error -- async
  const model: Plugin = { name: 'a', transformModel: async (given) => given };
  // @ts-expect-error -- async
  const prepare: Plugin = { name: 'a', prepare: async () => undefined };
  const call: Plugin = {
    name: 'a',
    setup: (run) => {
      // @ts-expect-error -- async
      run.wrapCall('dense_1', async (next, inputs) => next(inputs));
    },
  };
  expectTypeOf([
    batch,
    outputs,
    targets,
    loss,
    gradients,
    wrap,
    optimizer,
    apply,
    model,
    prepare,
    call,
  ]).toExtend<readonly Plugin[]>();
});

test('a host hook that decides is synchronous as well', () => {
  // @ts-expect-error -- async
  const rate: Plugin = { name: 'a', scheduleLearningRate: async (given) => given };
  // @ts-expect-error -- async
  const scalars: Plugin = { name: 'a', scheduleScalars: async (given) => given };
  // @ts-expect-error -- async
  const structure: Plugin = { name: 'a', structure: async () => 'a' };
  // @ts-expect-error -- async
  const variables: Plugin = { name: 'a', transformVariables: async (given) => given };
  // @ts-expect-error -- async
  const state: Plugin = { name: 'a', state: async () => ({}) };
  // @ts-expect-error -- async
  const own: Plugin = { name: 'a', variables: async () => ({}) };
  // @ts-expect-error -- async
  const setup: Plugin = { name: 'a', setup: async () => undefined };
  expectTypeOf([rate, scalars, structure, variables, state, own, setup]).toExtend<readonly Plugin[]>();
});

test('an observer may wait, and returns nothing', () => {
  const right: Plugin = {
    name: 'right',
    onStepEnd: async ({ loss }) => void (await loss()).toFixed(),
    onEpochEnd: ({ logs }) => void logs['loss'],
  };
  expectTypeOf(right).toExtend<AnyPlugin>();
  // @ts-expect-error -- a number is returned
  const number: Plugin = { name: 'a', onStepEnd: () => 3 };
  // @ts-expect-error -- the loss is a promise: an await is missing
  const compared: Plugin = { name: 'a', onStepEnd: ({ loss, run }) => void (loss() < 1 && run.stop('low')) };
  const low = (loss: number): void => void loss;
  // @ts-expect-error -- the loss is a promise: an await is missing
  const passed: Plugin = { name: 'a', onStepEnd: ({ loss }) => low(loss()) };
  expectTypeOf([number, compared, passed]).toExtend<readonly Plugin[]>();
});

test('a wrong return does not compile', () => {
  // @ts-expect-error -- only the inputs
  const inputs: Plugin = { name: 'a', transformBatch: ({ inputs }) => inputs };
  // @ts-expect-error -- nothing
  const nothing: Plugin = { name: 'a', transformLoss: () => undefined };
  // @ts-expect-error -- a number is no scalar
  const constant: Plugin = { name: 'a', transformLoss: () => 0.5 };
  // @ts-expect-error -- text is no learning rate
  const rate: Plugin = { name: 'a', scheduleLearningRate: () => '0.1' };
  // @ts-expect-error -- a tensor is no number
  const scalars: Plugin = { name: 'a', scheduleScalars: (_, { run }) => ({ one: run.variables['one']! }) };
  // @ts-expect-error -- a number is no text
  const structure: Plugin = { name: 'a', structure: ({ epoch }) => epoch };
  // @ts-expect-error -- a number is no gradient
  const gradients: Plugin = { name: 'a', transformGradients: () => ({ one: 1 }) };
  const share = 0.5;
  // @ts-expect-error -- the share of a mixture is a tensor
  const mixture: Batch['mixture'] = { targets: {}, share };
  expectTypeOf(mixture).toExtend<Batch['mixture']>();
  const all = [inputs, nothing, constant, rate, scalars, structure, gradients];
  expectTypeOf(all).toExtend<readonly Plugin[]>();
});

test('an unknown name does not compile', () => {
  // @ts-expect-error -- no such hook
  const hook: Plugin = { name: 'a', onStepEnds: () => undefined };
  // @ts-expect-error -- no such hook
  const any: AnyPlugin = { name: 'a', transformBatches: (batch: Batch) => batch };
  // @ts-expect-error -- a plugin has a name
  const nameless: Plugin = { onStepEnd: () => undefined };
  // @ts-expect-error -- no such option of next
  const option: Plugin = { name: 'a', wrapGradients: (next) => next({ randomness: 'same' }) };
  expectTypeOf([hook, any, nameless, option]).toExtend<readonly AnyPlugin[]>();
});

test('the contexts have types', () => {
  expectTypeOf<StepContext['scalar']>().returns.toEqualTypeOf<Scalar>();
  expectTypeOf<StepContext['scalars'][string]>().toEqualTypeOf<Scalar>();
  expectTypeOf<StepContext['size']>().toEqualTypeOf<Scalar>();
  expectTypeOf<StepContext['carry'][string]>().toEqualTypeOf<Tensor>();
  expectTypeOf<StepContext['ownVariables'][string]>().toEqualTypeOf<Variable>();
  expectTypeOf<RandomTensors['permutation']>().returns.toEqualTypeOf<Tensor1D>();
  type Values = { readonly size: number };
  const typed: Plugin<{ best: number }, number, Values> = {
    name: 'typed',
    state: () => ({ best: 1 }),
    setup: (run, state) => {
      expectTypeOf(state).toEqualTypeOf<{ best: number }>();
      expectTypeOf(run).toEqualTypeOf<Run>();
      return { locals: { size: 1 } };
    },
    onEpochEnd: ({ state, locals }) => {
      expectTypeOf(state.best).toEqualTypeOf<number>();
      expectTypeOf(locals).toEqualTypeOf<Values>();
    },
    api: (_, state, locals) => state.best + locals.size,
  };
  expectTypeOf((run: Run) => run.use(typed)).returns.toEqualTypeOf<number>();
  // @ts-expect-error -- the state is a number
  const state: Plugin<{ best: number }> = { name: 'a', state: () => ({ best: 'high' }) };
  const seize = (values: { readonly seize: number }): void => void values;
  // @ts-expect-error -- locals have no such value
  const locals: Plugin<State, void, Values> = { name: 'a', onStepEnd: (now) => seize(now.locals) };
  expectTypeOf([state, locals]).toExtend<readonly AnyPlugin[]>();
});

test('a list holds plugins, lists, promises of both, and falsy values', () => {
  const plugin: Plugin = { name: 'a' };
  const list: PluginList = [
    plugin,
    [plugin, [plugin]],
    Promise.resolve(plugin),
    Promise.resolve([plugin]),
    false,
  ];
  expectTypeOf(list).toEqualTypeOf<PluginList>();
  // @ts-expect-error -- a promise of a number
  const number: PluginList = [Promise.resolve(3)];
  expectTypeOf([number]).toExtend<readonly PluginList[]>();
});

test('what a trainer promises must be awaited', () => {
  const use = (trainer: Trainer): void => {
    // @ts-expect-error -- the snapshot is a promise
    void trainer.restore(trainer.save());
    // @ts-expect-error -- the history is a promise
    void trainer.fit({ inputs: [[1]], targets: [1], batchSize: 1 }, { epochs: 1 }).epochs;
  };
  expectTypeOf(use).parameters.toEqualTypeOf<[Trainer]>();
});

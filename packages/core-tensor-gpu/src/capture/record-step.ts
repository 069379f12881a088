import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { Pointer } from '../native/c-api.ts';
import { whileCompiling } from '../native/compiling.ts';
import type { GraphOutput } from '../native/graph-api.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { type CapturedFunction, defineFunction, xla } from './captured-function.ts';
import { type Feed, isFeed, symbolOf } from './feeds.ts';
import { fingerprint } from './fingerprint.ts';
import { createGraph, type Graph } from './graph.ts';
import { createRecorder, type Recorder, type Witness } from './recorder.ts';
import { leavesOf, mapLeaves, type Tree } from './trees.ts';
import { evaluator, type WatchedVariables, watchVariables } from './variables.ts';

/** What one argument of the function is at each call. */
export type RecordedInput =
  | { readonly feed: number }
  | { readonly variable: tf.Variable; readonly changes: boolean }
  /** A tensor from before the recording, which must stay. */
  | { readonly dataId: object };

/** A step as a function, which gives its results and changes the variables that it assigns. */
export interface Recording {
  readonly fn: CapturedFunction;
  readonly inputs: readonly RecordedInput[];
  /** The step's result, with the number of the function's output in the place of each tensor. */
  readonly results: Tree<number>;
  /** Says what the function computes of its inputs. */
  readonly fingerprint: string;
}

/** A step as it is given to the recorder. */
export type StepFunction = (inputs: Tree<tf.Tensor>) => Tree<tf.Tensor>;

export interface RecordOptions {
  readonly compile?: 'xla' | undefined;
}

/**
 * Runs a step once with symbols in the place of tensors, and makes a function of what it did.
 *
 * Nothing is computed and no variable changes. Every variable and every tensor from outside that the step reads
 * becomes an argument.
 *
 * @param before - a recording of the same step, which is given back where the step still takes the same
 * @throws CantripError CAPTURE_SHAPE, CAPTURE_STATEFUL, CAPTURE_VARIABLE, HOOK_READ_VALUE, NATIVE_OP
 */
export function recordStep(
  backend: NativeBackend,
  step: StepFunction,
  feeds: Tree<Feed>,
  { compile }: RecordOptions = {},
  before?: Recording,
): Recording {
  return traceStep(
    backend,
    step,
    feeds,
    { compile },
    ({ placeholders, outputs, effects, ...traced }, graph) => {
      if (before && takeTheSame(traced, before)) return before;
      const fn = defineFunction(backend.binding, graph, {
        inputs: placeholders,
        outputs,
        effects,
        ...(compile === 'xla' ? { attributes: [xla] } : {}),
      });
      return { ...traced, fn };
    },
  );
}

export interface TraceOptions extends RecordOptions {
  readonly witness?: Witness | undefined;
}

/** Runs a step with symbols in the place of tensors. What it did is there while `use` runs, and has no effect. */
export function traceStep<T>(
  backend: NativeBackend,
  step: StepFunction,
  feeds: Tree<Feed>,
  { compile, witness }: TraceOptions,
  use: (traced: Traced, graph: Graph) => T,
): T {
  const graph = createGraph(backend.binding.library);
  try {
    const recorder: Recorder = createRecorder(backend, graph, (id) => variables.byId.get(id), witness);
    const variables = watchVariables(backend, evaluator(backend, recorder));
    try {
      const run = (): Traced => trace({ backend, recorder, graph, variables }, step, feeds);
      return use(compile === 'xla' ? whileCompiling(run) : run(), graph);
    } finally {
      variables.stop();
      variables.restore();
    }
  } finally {
    graph.dispose();
  }
}

/** A variable or a tensor that was replaced is another one in the same place. */
export function takeTheSame(a: Pick<Recording, 'inputs'>, b: Pick<Recording, 'inputs'>): boolean {
  const identity = (input: RecordedInput): unknown => Object.values(input)[0];
  return (
    a.inputs.length === b.inputs.length &&
    a.inputs.every((input, index) => identity(input) === identity(b.inputs[index]!))
  );
}

interface Tracing {
  readonly backend: NativeBackend;
  readonly recorder: Recorder;
  readonly graph: Graph;
  readonly variables: WatchedVariables;
}

export interface Traced extends Omit<Recording, 'fn'> {
  readonly placeholders: readonly GraphOutput[];
  readonly outputs: readonly GraphOutput[];
  readonly effects: readonly Pointer[];
}

function trace(tracing: Tracing, step: StepFunction, feeds: Tree<Feed>): Traced {
  const { backend, recorder } = tracing;
  const symbols: tf.Tensor[] = [];
  const fed: GraphOutput[] = [];
  try {
    return recorder.record(() => {
      const inputs = mapLeaves(feeds, isFeed, (feed) => {
        const { symbol, output } = symbolOf(feed, recorder, backend);
        symbols.push(tf.keep(symbol));
        fed.push(output);
        return symbol;
      });
      const returned = tf.tidy(() => step(inputs) as tf.TensorContainer) as Tree<tf.Tensor>;
      const tensors = leavesOf(returned, isTensor);
      symbols.push(...tensors.filter((tensor) => !(tensor instanceof tf.Variable)));
      return describe(tracing, { returned, tensors, fed });
    });
  } finally {
    tf.dispose(symbols);
  }
}

interface Done {
  readonly returned: Tree<tf.Tensor>;
  readonly tensors: readonly tf.Tensor[];
  readonly fed: readonly GraphOutput[];
}

function describe({ recorder, graph, variables }: Tracing, { returned, tensors, fed }: Done): Traced {
  recorder.assign(variables.assigned());
  const sources = sourcesOf(recorder, fed);
  const wanted = tensors.map((tensor) => recorder.outputOf(tensor));
  const outputs = distinctOutputs(graph, wanted, sources);
  const effects = [...new Set(recorder.ports.changes().values())];
  const needed = new Set(graph.reachable([...outputs.map(({ oper }) => oper), ...effects]));
  const used = sources.filter(({ placeholder }) => needed.has(placeholder.oper));
  let next = 0;
  return {
    placeholders: used.map(({ placeholder }) => placeholder),
    inputs: used.map(({ input }) => input),
    outputs,
    effects,
    fingerprint: fingerprint(
      ...outputs.map(({ oper, index }) => `${graph.fingerprintOf(oper)}:${index}`),
      ...effects.map(graph.fingerprintOf),
    ),
    results: mapLeaves(returned, isTensor, () => next++),
  };
}

interface Source {
  readonly placeholder: GraphOutput;
  readonly input: RecordedInput;
}

/** All arguments that the graph may take. */
function sourcesOf({ outer, ports }: Recorder, fed: readonly GraphOutput[]): Source[] {
  const changes = ports.changes();
  return [
    ...fed.map((placeholder, feed) => ({ placeholder, input: { feed } })),
    ...[...outer.values()].map(({ dataId, placeholder }) => ({ placeholder, input: { dataId } })),
    ...[...ports.arguments()].map(([variable, placeholder]) => ({
      placeholder,
      input: { variable, changes: changes.has(variable) },
    })),
  ];
}

/** What a function returns must not be its own argument, nor the same output twice. */
function distinctOutputs(
  graph: Graph,
  wanted: readonly GraphOutput[],
  sources: readonly Source[],
): GraphOutput[] {
  const taken = new Set(sources.map(({ placeholder }) => keyOf(placeholder)));
  return wanted.map((output) => {
    const free = !taken.has(keyOf(output));
    taken.add(keyOf(output));
    return free ? output : graph.operation('Identity', [], [output])[0]!;
  });
}

const keyOf = ({ oper, index }: GraphOutput): string => `${oper}:${index}`;

function isTensor(value: unknown): value is tf.Tensor {
  if (value instanceof tf.Tensor) return true;
  if (typeof value === 'object' && value !== null) return false;
  throw new CantripError('HOOK_RESULT', {
    who: 'capture',
    what: `the step returned ${String(value)} among its results`,
    fix: 'Return tensors, in objects or arrays',
  });
}

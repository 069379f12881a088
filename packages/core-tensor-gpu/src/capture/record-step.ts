import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import { whileCompiling } from '../native/compiling.ts';
import type { GraphOutput } from '../native/graph-api.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { type CapturedFunction, defineFunction, xla } from './captured-function.ts';
import { type Feed, isFeed, symbolOf } from './feeds.ts';
import { createGraph, type Graph } from './graph.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { leavesOf, mapLeaves, type Tree } from './trees.ts';
import { evaluator, type WatchedVariables, watchVariables } from './variables.ts';

/** What one argument of the function is at each call. */
export type RecordedInput =
  | { readonly feed: number }
  | { readonly variable: tf.Variable }
  /** A tensor from before the recording, which must stay. */
  | { readonly dataId: object };

/** A step as a function: results first, then the new values of the variables that it assigns. */
export interface Recording {
  readonly fn: CapturedFunction;
  readonly inputs: readonly RecordedInput[];
  /** The step's result, with the number of the function's output in the place of each tensor. */
  readonly results: Tree<number>;
  readonly resultCount: number;
  readonly assigned: readonly tf.Variable[];
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
 * @throws CantripError CAPTURE_SHAPE, CAPTURE_STATEFUL, CAPTURE_VARIABLE, HOOK_READ_VALUE, NATIVE_OP
 */
export function recordStep(
  backend: NativeBackend,
  step: StepFunction,
  feeds: Tree<Feed>,
  { compile }: RecordOptions = {},
): Recording {
  const graph = createGraph(backend.binding.library);
  try {
    const recorder = createRecorder(backend, graph);
    const variables = watchVariables(backend, evaluator(backend, recorder));
    try {
      const run = (): Traced => trace({ backend, recorder, graph, variables }, step, feeds);
      const traced = compile === 'xla' ? whileCompiling(run) : run();
      const fn = defineFunction(backend.binding, graph, {
        inputs: traced.placeholders,
        outputs: traced.outputs,
        ...(compile === 'xla' ? { attributes: [xla] } : {}),
      });
      return { ...traced, fn };
    } finally {
      variables.stop();
      variables.restore();
    }
  } finally {
    graph.dispose();
  }
}

interface Tracing {
  readonly backend: NativeBackend;
  readonly recorder: Recorder;
  readonly graph: Graph;
  readonly variables: WatchedVariables;
}

interface Traced extends Omit<Recording, 'fn'> {
  readonly placeholders: readonly GraphOutput[];
  readonly outputs: readonly GraphOutput[];
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
      symbols.push(...tensors);
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
  const assigned = variables.assigned();
  const wanted = [...tensors, ...assigned].map((tensor) => recorder.outputOf(tensor));
  const outputs = distinctOutputs({ recorder, graph }, wanted, fed);
  const needed = new Set(graph.reachable(outputs));
  const sources = inputsOf({ recorder, variables }, fed).filter(({ placeholder }) =>
    needed.has(placeholder.oper),
  );
  let next = 0;
  return {
    placeholders: sources.map(({ placeholder }) => placeholder),
    inputs: sources.map(({ input }) => input),
    outputs,
    results: mapLeaves(returned, isTensor, () => next++),
    resultCount: tensors.length,
    assigned,
  };
}

/** What a function returns must not be its own argument, nor the same output twice. */
function distinctOutputs(
  { recorder, graph }: Pick<Tracing, 'recorder' | 'graph'>,
  wanted: readonly GraphOutput[],
  fed: readonly GraphOutput[],
): GraphOutput[] {
  const outer = [...recorder.outer.values()].map(({ placeholder }) => placeholder);
  const taken = new Set([...fed, ...outer].map(keyOf));
  return wanted.map((output) => {
    const free = !taken.has(keyOf(output));
    taken.add(keyOf(output));
    return free ? output : graph.operation('Identity', [], [output])[0]!;
  });
}

const keyOf = ({ oper, index }: GraphOutput): string => `${oper}:${index}`;

interface Source {
  readonly placeholder: GraphOutput;
  readonly input: RecordedInput;
}

function inputsOf(
  { recorder, variables }: Pick<Tracing, 'recorder' | 'variables'>,
  fed: readonly GraphOutput[],
): Source[] {
  const outer = [...recorder.outer.values()].map(({ id, dataId, placeholder }): Source => {
    const variable = variables.byId.get(id);
    return { placeholder, input: variable ? { variable } : { dataId } };
  });
  return [...fed.map((placeholder, feed): Source => ({ placeholder, input: { feed } })), ...outer];
}

function isTensor(value: unknown): value is tf.Tensor {
  if (value instanceof tf.Tensor) return true;
  if (typeof value === 'object' && value !== null) return false;
  throw new CantripError('HOOK_RESULT', {
    who: 'capture',
    what: `the step returned ${String(value)} among its results`,
    fix: 'Return tensors, in objects or arrays',
  });
}

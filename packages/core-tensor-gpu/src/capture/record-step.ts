import * as tf from '@tensorflow/tfjs-core';
import type { Pointer } from '../native/api/c-api.ts';
import { threadCount } from '../device/hardware.ts';
import { whileCompiling } from '../native/ops/compiling.ts';
import type { GraphOutput } from '../native/api/graph-api.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { defineFunction, xla } from './graph/captured-function.ts';
import { type Feed, isFeed, symbolOf } from './feeds.ts';
import { fingerprint } from './graph/fingerprint.ts';
import { freeTape } from '@cantrip/ops';
import { createGraph, type Graph } from './graph/graph.ts';
import { type KeptTensors, keepUnseen, watchKept } from './kept-tensors.ts';
import { createRecorder } from './recorder.ts';
import type { Recorder, Witness } from './recorder-contract.ts';
import { leavesSomething, type RecordedInput, type Recording } from './recording.ts';
import { type ChangedValues, noteValues } from './host/note-values.ts';
import type { OwnValues, Place } from './host/own-values.ts';
import type { PrecisionOptions } from './precision/check-precision.ts';
import { valuesForKept } from './values-for-kept.ts';
import { chooseThreads, type StepThreads, whyAllThreads } from '../native/settings/step-threads.ts';
import { distinctOutputs, sourcesOf } from './sources.ts';
import { leavesOf, mapLeaves, type Tree } from './trees/trees.ts';
import { isTensor, requireTree } from './trees/step-results.ts';
import { evaluator, type WatchedVariables, watchVariables } from './variables.ts';

/** A step in the form that the recorder calls. */
export type StepFunction = (inputs: Tree<tf.Tensor>) => Tree<tf.Tensor>;

export interface RecordOptions extends PrecisionOptions {
  readonly compile?: 'xla' | undefined;
  /** Returns whose code is running, for error messages. */
  readonly where?: (() => Place | undefined) | undefined;
  /**
   * The plain values that the step's code keeps on objects, always in the same order. A step that changes them has
   * state.
   */
  readonly ownValues?: (() => readonly OwnValues[]) | undefined;
}

export interface TraceOptions extends RecordOptions {
  readonly witness?: Witness | undefined;
}

/** How to record, besides the step and its inputs. */
export interface RecordingWay extends TraceOptions {
  /** An earlier recording of the same step. It is returned if the step still does the same. */
  readonly before?: Recording | undefined;
  /** Whether to make a recording that is used for one call only, because the step keeps or disposes tensors. */
  readonly forOneCall: boolean;
}

/** The result of recording. A step that keeps or disposes tensors may have no function. */
export type Recorded = Recording | Pick<Recording, 'leavings'>;

/**
 * Runs a step once with symbolic tensors, and makes a function from its ops.
 *
 * Nothing is computed, and no variable changes. Every variable and outside tensor that the step reads becomes an
 * argument.
 *
 * @throws CantripError CAPTURE_SHAPE, CAPTURE_STATEFUL, CAPTURE_VARIABLE, HOOK_READ_VALUE, NATIVE_OP
 */
export function recordStep(
  backend: NativeBackend,
  step: StepFunction,
  feeds: Tree<Feed>,
  { before, forOneCall, ...options }: RecordingWay,
): Recorded {
  return traceStep(backend, step, feeds, options, (traced, graph) => {
    const { placeholders, outputs, effects, keepValues, takeOver, threads, ...rest } = traced;
    const leaves = leavesSomething(traced);
    if (leaves && !forOneCall) return rest;
    if (before && !leaves && doTheSame(traced, before)) return before;
    const fn = defineFunction(backend.binding, graph, {
      inputs: placeholders,
      outputs: [...outputs, ...keepValues],
      effects,
      threads,
      // A recording for one call is not worth compiling. XLA may also refuse it after the state has changed.
      ...(options.compile === 'xla' && !leaves ? { attributes: [xla] } : {}),
    });
    takeOver();
    return { ...rest, fn };
  });
}

/**
 * Runs a step with symbolic tensors. The effects of the run are visible only while `use` runs. Tensors that the step
 * kept then get their values, unless `use` does that.
 */
export function traceStep<T>(
  backend: NativeBackend,
  step: StepFunction,
  feeds: Tree<Feed>,
  { compile, precision, witness, where = () => undefined, ownValues = () => [] }: TraceOptions,
  use: (traced: Traced, graph: Graph) => T,
): T {
  const places = new Map<string, Place>();
  const graph = createGraph(backend.binding.library, (node) => {
    const place = where();
    if (place) places.set(node, place);
  });
  const kept = watchKept(where);
  try {
    const variableOf = (id: number): tf.Variable | undefined => variables.byId.get(id);
    const recorder: Recorder = createRecorder(backend, graph, { variableOf, witness, precision });
    const variables = watchVariables(backend, evaluator(backend, recorder));
    const changed = noteValues(ownValues());
    const tracing: Tracing = { backend, recorder, graph, variables, kept, fed: [], changed, compile };
    let takenOver = false;
    const takeOver = (): void => void (takenOver = true);
    try {
      const run = (): Traced => ({
        ...trace(tracing, step, feeds),
        takeOver,
        placeOf: (node) => places.get(node),
      });
      return use(compile === 'xla' ? whileCompiling(run) : run(), graph);
    } finally {
      const settle = takenOver ? undefined : valuesForKept(tracing, feeds, sourcesOf(recorder, tracing.fed));
      variables.stop();
      variables.restore();
      settle?.();
    }
  } finally {
    kept.stop();
    graph.dispose();
  }
}

/** Whether two runs of a step computed the same from the same inputs. */
export function doTheSame(
  a: Pick<Recording, 'fingerprint' | 'inputs'>,
  b: Pick<Recording, 'fingerprint' | 'inputs'>,
): boolean {
  return a.fingerprint === b.fingerprint && takeTheSame(a, b);
}

/** A replaced variable or tensor is another one at the same position. */
function takeTheSame(a: Pick<Recording, 'inputs'>, b: Pick<Recording, 'inputs'>): boolean {
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
  readonly kept: KeptTensors;
  /** The placeholders of the inputs. */
  readonly fed: GraphOutput[];
  /** Returns whose own values have changed. */
  readonly changed: () => ChangedValues | undefined;
  readonly compile: 'xla' | undefined;
}

export interface Traced extends Omit<Recording, 'fn'> {
  readonly placeholders: readonly GraphOutput[];
  readonly outputs: readonly GraphOutput[];
  /** The values of the kept tensors, in order. */
  readonly keepValues: readonly GraphOutput[];
  readonly effects: readonly Pointer[];
  readonly threads: StepThreads;
  /** Declares that the caller sets the values of kept tensors and frees released ones. */
  readonly takeOver: () => void;
}

type Described = Omit<Traced, 'takeOver' | 'placeOf'>;

function trace(tracing: Tracing, step: StepFunction, feeds: Tree<Feed>): Described {
  const { backend, recorder, fed } = tracing;
  const symbols: tf.Tensor[] = [];
  const first = nextTensorId();
  try {
    return recorder.record(() => {
      const inputs = mapLeaves(feeds, isFeed, (feed) => {
        const { symbol, output } = symbolOf(feed, recorder, backend);
        symbols.push(keepUnseen(symbol));
        fed.push(output);
        return symbol;
      });
      const returned = tf.tidy(() => requireTree(step(inputs)) as tf.TensorContainer) as Tree<tf.Tensor>;
      const tensors = leavesOf(returned, isTensor);
      // A tensor that existed before, e.g. a constant of the step, must not be disposed with the recording.
      symbols.push(...tensors.filter((tensor) => tensor.id >= first && !(tensor instanceof tf.Variable)));
      return describe(tracing, { returned, tensors });
    });
  } catch (error) {
    freeTape();
    throw error;
  } finally {
    tf.dispose(symbols);
  }
}

/** Tensors that are created from now on have this number or a higher one. */
const nextTensorId = (): number => (tf.engine() as unknown as { nextTensorId(): number }).nextTensorId();

interface Done {
  readonly returned: Tree<tf.Tensor>;
  readonly tensors: readonly tf.Tensor[];
}

function describe(tracing: Tracing, { returned, tensors }: Done): Described {
  const { backend, recorder, graph, variables, fed, compile } = tracing;
  const threads = chooseThreads({
    whyAll: compile ? 'XLA has threads of its own' : whyAllThreads(backend.binding.context.home.type),
    flops: graph.productFlops,
    threads: threadCount(),
  });
  recorder.assign(variables.assigned(), threads.inOp === 'one');
  const left = tracing.kept.left().filter(({ tensor }) => !tensors.includes(tensor));
  const valueless = left.filter(({ tensor }) => recorder.isOfGraph(tensor));
  const changed = tracing.changed();
  // This comes first: a result that no op has read becomes an argument here.
  const wanted = [...tensors, ...valueless.map(({ tensor }) => tensor)].map(recorder.outputOf);
  const sources = sourcesOf(recorder, fed);
  const distinct = distinctOutputs(graph, wanted, sources);
  const outputs = distinct.slice(0, tensors.length);
  const keepValues = distinct.slice(tensors.length);
  const effects = [...new Set(recorder.ports.changes().values())];
  const needed = new Set(graph.reachable([...distinct.map(({ oper }) => oper), ...effects]));
  const used = sources.filter(({ placeholder }) => needed.has(placeholder.oper));
  let next = 0;
  return {
    threads,
    bfloat16: recorder.bfloat16((oper) => needed.has(oper)),
    placeholders: used.map(({ placeholder }) => placeholder),
    inputs: used.map(({ input }) => input),
    outputs,
    keepValues,
    effects,
    leavings: {
      kept: valueless.map(({ tensor }) => tensor.dataId),
      released: recorder.released,
      ...(changed && { changed }),
      ...(left[0] && { first: { shape: left[0].shape, place: left[0].place } }),
    },
    fingerprint: fingerprint(
      ...outputs.map(({ oper, index }) => `${graph.fingerprintOf(oper)}:${index}`),
      ...effects.map(graph.fingerprintOf),
    ),
    results: mapLeaves(returned, isTensor, () => next++),
  };
}

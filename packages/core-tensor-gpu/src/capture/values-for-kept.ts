import { prepareCall } from './call-recording.ts';
import { defineFunction } from './graph/captured-function.ts';
import { type Feed, isFeed } from './feeds.ts';
import type { Graph } from './graph/graph.ts';
import type { KeptTensors } from './kept-tensors.ts';
import type { Recorder } from './recorder-contract.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { distinctOutputs, type Source } from './sources.ts';
import { leavesOf, type Tree } from './trees/trees.ts';

/** A run of a step whose recording is not used. */
export interface Unused {
  readonly backend: NativeBackend;
  readonly recorder: Recorder;
  readonly graph: Graph;
  readonly kept: KeptTensors;
}

/**
 * Gives values to the tensors that a step kept, if its recording is not used or was aborted. It also frees the
 * tensors that the step disposed. Otherwise code that holds a kept tensor would never have its value.
 *
 * @returns a function that does this; call it after the variables have their values back
 */
export function valuesForKept(
  { backend, recorder, graph, kept }: Unused,
  feeds: Tree<Feed>,
  sources: readonly Source[],
): () => void {
  const { binding } = backend;
  const free = (): void => recorder.released.forEach(binding.deleteTensor);
  const left = kept.left().filter(({ tensor }) => recorder.isOfGraph(tensor));
  if (left.length === 0) return free;
  const outputs = distinctOutputs(
    graph,
    left.map(({ tensor }) => recorder.outputOf(tensor)),
    sources,
  );
  const operations = graph.reachable(outputs.map(({ oper }) => oper));
  // The value of a tensor after an update needs the update.
  if (operations.some(recorder.ports.isChange)) return free;
  const needed = new Set(operations);
  const used = sources.filter(({ placeholder }) => needed.has(placeholder.oper));
  const inputs = used.map(({ placeholder }) => placeholder);
  const fn = defineFunction(binding, graph, { inputs, outputs, effects: [] });
  return () => {
    const call = prepareCall(
      backend,
      {
        inputs: used.map(({ input }) => ('variable' in input ? { ...input, changes: false } : input)),
        results: [],
        leavings: { kept: left.map(({ tensor }) => tensor.dataId), released: recorder.released },
      },
      leavesOf(feeds, isFeed),
    );
    try {
      call.finish(fn.call(call.handles));
    } finally {
      call.free();
      fn.dispose();
    }
  };
}

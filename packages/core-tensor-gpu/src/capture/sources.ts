import type { GraphOutput } from '../native/api/graph-api.ts';
import type { Graph } from './graph/graph.ts';
import type { Recorder } from './recorder-contract.ts';
import type { RecordedInput } from './recording.ts';

/** An argument of the graph, with its source at each call. */
export interface Source {
  readonly placeholder: GraphOutput;
  readonly input: RecordedInput;
}

/** All possible arguments of the graph. */
export function sourcesOf({ outer, ports }: Recorder, fed: readonly GraphOutput[]): Source[] {
  const changes = ports.changes();
  return [
    ...fed.map((placeholder, feed) => ({ placeholder, input: { feed } })),
    ...[...outer].map(([id, { dataId, placeholder }]) => ({ placeholder, input: { dataId, id } })),
    ...[...ports.arguments()].map(([variable, placeholder]) => ({
      placeholder,
      input: { variable, changes: changes.has(variable) },
    })),
  ];
}

/** A function must not return its own argument, or the same output twice. This adds identity operations. */
export function distinctOutputs(
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

import type { TensorInfo, Variable } from '@tensorflow/tfjs-core';
import type { Pointer } from '../native/api/c-api.ts';
import type { TensorMetadata } from '../native/eager/eager-binding.ts';
import type { GraphOutput } from '../native/api/graph-api.ts';
import type { Origin } from './graph/origin.ts';
import type { VariablePorts } from './graph/variable-ports.ts';
import type { PrecisionOptions } from './precision/check-precision.ts';
import type { ProductShare } from './precision/mixed-precision.ts';

/**
 * A tensor that existed before the recording, is not a variable's, and is read by the step: an input of the graph.
 */
export interface OuterTensor {
  readonly dataId: object;
  readonly placeholder: GraphOutput;
}

/**
 * Replaces the binding during recording: ops become operations of a graph and are not executed. Graph tensors have
 * negative numbers. Nothing outside the graph changes.
 */
export interface Recorder {
  /** Runs a function and adds every op to the graph. */
  record<T>(run: () => T): T;
  /** Creates a graph tensor whose value is passed at each call. */
  placeholder(dtype: number, shape: readonly number[]): TensorMetadata & { readonly output: GraphOutput };
  /** The graph output of a tensor, which may also be a tensor from before the recording. */
  outputOf(tensor: TensorInfo): GraphOutput;
  /** Whether a tensor belongs to the graph, and so has no value. */
  isOfGraph(tensor: TensorInfo): boolean;
  /** The origin of a tensor; undefined for inputs and for tensors from before. */
  originOf(id: number): Origin | undefined;
  readonly outer: ReadonlyMap<number, OuterTensor>;
  /**
   * Adds assignments: these variables, and those that ops have changed, get their current values.
   *
   * @param elsewhere - whether the graph runs in another context than that of the variables
   */
  assign(variables: readonly Variable[], elsewhere: boolean): void;
  readonly ports: Pick<VariablePorts, 'arguments' | 'changes' | 'isChange'>;
  /** How many products are in bfloat16, of those that are part of the function; undefined in a step of float32. */
  bfloat16(isPart: (oper: Pointer) => boolean): ProductShare | undefined;
  /** The numbers of tensors from before that the step read and disposed. They exist until they are deleted. */
  readonly released: readonly number[];
}

/** Called for each op and for each tensor made from host numbers, with a description and its content. */
export type Witness = (what: string, content: string) => void;

export interface RecorderOptions extends PrecisionOptions {
  /** Returns the variable that held a tensor before the recording. */
  readonly variableOf: (id: number) => Variable | undefined;
  readonly witness?: Witness | undefined;
}

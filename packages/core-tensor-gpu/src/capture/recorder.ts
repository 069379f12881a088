import type { TensorInfo, Variable } from '@tensorflow/tfjs-core';
import type { OpAttribute } from '../native/api/attributes.ts';
import { dataTypes } from '../native/api/dtype.ts';
import type { NativeBinding, TensorMetadata } from '../native/eager/eager-binding.ts';
import type { GraphOutput } from '../native/api/graph-api.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { aheadOfReshape } from './graph/ahead-of-reshape.ts';
import { contentOf, createConstants } from './graph/constants.ts';
import type { Graph } from './graph/graph.ts';
import type { OuterTensor, Recorder, RecorderOptions } from './recorder-contract.ts';
import { refuseKept, refuseRead, refuseUnseen } from './refusals.ts';
import { namingKernels, runningKernel } from '@cantrip/ops';
import type { Origin } from './graph/origin.ts';
import { createVariablePorts, type Layout } from './graph/variable-ports.ts';
import { replaceProperties } from './replace-properties.ts';
import { kernelsOf } from './precision/kernels-of.ts';
import { mixedPrecision } from './precision/mixed-precision.ts';
import { createTableRows, type Table } from './rows/table-rows.ts';

// The numbers differ between recordings, so a kept tensor cannot be mistaken for one of the next recording.
let nextId = -2; // In tfjs-node, -1 marks a tensor that is not uploaded yet

export function createRecorder(
  backend: NativeBackend,
  graph: Graph,
  { variableOf, witness, precision }: RecorderOptions,
): Recorder {
  const { binding: original, write } = backend;
  const constants = createConstants(original.library, graph);
  const ports = createVariablePorts(graph, constants);
  /** Values that ops have assigned to variables in place. */
  const given = new Map<number, Variable>();
  const outputs = new Map<number, GraphOutput>();
  const origins = new Map<number, Origin>();
  const outer = new Map<number, OuterTensor>();
  const written = new WeakSet<object>();
  const released: number[] = [];
  const mixed = precision === undefined ? undefined : mixedPrecision(graph, kernelsOf(original));
  const operation = aheadOfReshape(graph, (mixed ?? graph).operation);
  const originOf = (id: number): Origin | undefined => origins.get(id);
  const rows = createTableRows(
    { graph, constants, originOf, outputOf: (id) => outputs.get(id) },
    ports,
    !original.isUsingGpuDevice(),
  );

  function register(output: GraphOutput, origin?: Origin): number {
    const id = nextId--;
    outputs.set(id, output);
    if (origin) origins.set(id, origin);
    return id;
  }

  function createTensor(...constant: Parameters<NativeBinding['createTensor']>): number {
    return register(constants(...constant), { constant });
  }

  /** Keeps graph tensors, and tensors that the graph reads, because the call needs them. */
  function deleteTensor(id: number): void {
    if (outer.has(id)) released.push(id);
    else if (id > 0) original.deleteTensor(id);
  }

  function executeOp(
    op: string,
    attributes: readonly OpAttribute[],
    inputIds: readonly number[],
    outputCount: number,
  ): TensorMetadata[] {
    const inputs = inputIds.map((id) => outputs.get(id) ?? refuseUnseen(op));
    const made = rows.gather(op, attributes, inputIds, tableOf) ?? operation(op, attributes, inputs);
    if (made[0]) witness?.(op, graph.fingerprintOf(made[0].oper));
    const results = made.slice(0, outputCount);
    return results.map((output, index) => {
      const origin = { op, attributes, inputIds, index, outputCount };
      return { id: register(output, origin), ...graph.shapeOf(output, op) };
    });
  }

  function idOf(tensor: TensorInfo): number {
    const literal = (tensor as { readonly valueArray?: Int32Array }).valueArray; // tfjs-node's Int64Scalar
    if (literal) return createTensor([], dataTypes.TF_INT64, literal);
    const entry = backend.tensorMap.get(tensor.dataId);
    if (entry.values !== null) {
      // Host numbers from before the recording are uploaded. Numbers of the step become constants of the graph.
      const create = written.has(tensor.dataId) ? createTensor : original.createTensor;
      entry.id = create(entry.shape, entry.dtype, entry.values);
      entry.values = null;
    }
    if (!outputs.has(entry.id)) {
      if (entry.id < 0) throw refuseKept();
      addFromBefore(entry.id, tensor.dataId);
    }
    return entry.id;
  }

  function addFromBefore(id: number, dataId: object): void {
    const variable = variableOf(id);
    if (variable === undefined) addOuter(id, dataId);
    else outputs.set(id, ports.read(variable, layoutOf(variable)));
  }

  function tableOf(id: number): Table | undefined {
    const variable = variableOf(id);
    return variable && { variable, layout: layoutOf(variable) };
  }

  /** Whether the variable's memory is used by more than the variable and the copy that watches it. */
  function isShared({ dataId }: Variable): boolean {
    return backend.tensorMap.get(dataId).refCount > 2;
  }

  /** A variable that the step has assigned holds a graph value, which the resource does not have yet. */
  function isReady({ dataId }: Variable): boolean {
    return backend.tensorMap.get(dataId).id > 0;
  }

  function layoutOf({ dataId }: TensorInfo): Layout {
    const { dtype, shape } = backend.tensorMap.get(dataId);
    return { dtype, shape };
  }

  function changeVariables(
    op: string,
    attributes: readonly OpAttribute[],
    variables: readonly Variable[],
    inputIds: readonly number[],
  ): boolean {
    if (!variables.every(isReady)) return false;
    // A clone holds the old value, and the step may read it later. So the value is read first.
    variables.filter(isShared).forEach(idOf);
    const inputs = inputIds.map((id) => outputs.get(id) ?? refuseUnseen(op));
    const layouts = variables.map((variable) => [variable, layoutOf(variable)] as const);
    ports
      .change(op, attributes, layouts, inputs)
      .forEach((output, index) => give(...layouts[index]!, output));
    return true;
  }

  function descendRows(variable: Variable, gradientId: number, rateId: number): boolean {
    if (!isReady(variable) || isShared(variable)) return false;
    const layout = layoutOf(variable);
    const changed = rows.descend({ variable, layout }, gradientId, rateId);
    if (changed) give(variable, layout, changed);
    return changed !== undefined;
  }

  /** Lets a variable hold the value that an op has given it. */
  function give(variable: Variable, { dtype, shape }: Layout, output: GraphOutput): void {
    const id = register(output);
    given.set(id, variable);
    const value = backend.createOutputTensor({ id, dtype, shape: [...shape] });
    variable.assign(value);
    value.dispose();
  }

  function assign(assigned: readonly Variable[], elsewhere: boolean): void {
    // All values are read first: one that no op has read may be the old value of a variable that is assigned, too.
    const values = [...new Set([...assigned, ...ports.changes().keys()])].map(
      (one) => [one, idOf(one)] as const,
    );
    for (const [variable, id] of values) {
      if (given.get(id) !== variable) ports.assign(variable, layoutOf(variable), outputs.get(id)!, elsewhere);
    }
  }

  function addOuter(id: number, dataId: object): void {
    const { shape, dtype } = original.describe(id);
    const placeholder = graph.placeholder(dtype, shape);
    outputs.set(id, placeholder);
    outer.set(id, { dataId, placeholder });
  }

  function record<T>(run: () => T): T {
    const undo = replaceProperties(backend, {
      binding: {
        ...original,
        createTensor,
        deleteTensor,
        executeOp,
        changeVariables,
        descendRows,
        tensorDataSync: () => refuseRead(runningKernel()),
      },
      getInputTensorIds: (tensors) => tensors.map(idOf),
      write: (...given) => {
        const dataId = write.apply(backend, given);
        written.add(dataId);
        witness?.(`a tensor of shape [${given[1].join(', ')}]`, contentOf(given[0]));
        return dataId;
      },
    });
    try {
      return namingKernels(run);
    } finally {
      undo();
    }
  }

  return {
    record,
    placeholder(dtype, shape) {
      const output = graph.placeholder(dtype, shape);
      return { id: register(output), output, dtype, shape: [...shape] };
    },
    outputOf: (tensor) => outputs.get(idOf(tensor))!,
    isOfGraph: (tensor) => idOf(tensor) < 0,
    originOf: (id) => origins.get(id),
    outer,
    assign,
    ports,
    bfloat16: (isPart) => mixed?.share(isPart),
    released,
  };
}

import koffi, { type LibraryHandle } from 'koffi';
import type { AttributeSetters, Address, Pointer } from './c-api.ts';

/** One output of a graph's operation, as in `TF_Output`. */
export interface GraphOutput {
  readonly oper: Pointer;
  readonly index: number;
}

/**
 * The functions of TensorFlow's C API that build graphs and turn them into functions (`c_api.h`, `eager/c_api.h`).
 */
export interface GraphApi extends AttributeSetters {
  newGraph(): Pointer;
  deleteGraph(graph: Pointer): void;
  newBuffer(): Pointer;
  deleteBuffer(buffer: Pointer): void;
  /** @returns the address of the bytes, followed by their number */
  getOpDef(graph: Pointer, op: string, buffer: Pointer, status: Pointer): void;
  /** @returns a buffer with all kernels of an op */
  getKernels(op: string, status: Pointer): Pointer;

  newOperation(graph: Pointer, op: Address, name: string): Pointer;
  addInput(description: Pointer, input: GraphOutput): void;
  addInputList(description: Pointer, inputs: Address, count: number): void;
  /** Makes the described operation run after this one, although it reads nothing from it. */
  addControlInput(description: Pointer, operation: Pointer): void;
  setTensor(description: Pointer, name: Address, tensor: Pointer, status: Pointer): void;
  finishOperation(description: Pointer, status: Pointer): Pointer;
  outputCount(operation: Pointer): number;
  outputType(output: GraphOutput): number;
  outputRank(graph: Pointer, output: GraphOutput, status: Pointer): number;
  outputShape(graph: Pointer, output: GraphOutput, dims: Address, rank: number, status: Pointer): void;
  setOutputShape(graph: Pointer, output: GraphOutput, dims: Address, rank: number, status: Pointer): void;

  toFunction(
    graph: Pointer,
    name: string,
    appendHash: number,
    operationCount: number,
    operations: Address,
    inputCount: number,
    inputs: Address,
    outputCount: number,
    outputs: Address,
    outputNames: null,
    /** The number of operations that run although no output needs them. */
    controlCount: number,
    controls: Address,
    controlNames: null,
    options: null,
    description: null,
    status: Pointer,
  ): Pointer;
  deleteFunction(fn: Pointer): void;
  addFunction(context: Pointer, fn: Pointer, status: Pointer): void;
  removeFunction(context: Pointer, name: string, status: Pointer): void;
  /** @returns 1 if the context has a function of that name, else 0 */
  hasFunction(context: Pointer, name: string): number;
}

const p = 'void *';
const text = 'const char *';
const output = koffi.struct({ oper: p, index: 'int' });

/** Binds all functions. Throws if the library lacks one. */
export function bindGraphApi(library: LibraryHandle): GraphApi {
  const func = library.func.bind(library) as LibraryHandle['func'];
  return {
    newGraph: func('TF_NewGraph', p, []),
    deleteGraph: func('TF_DeleteGraph', 'void', [p]),
    newBuffer: func('TF_NewBuffer', p, []),
    deleteBuffer: func('TF_DeleteBuffer', 'void', [p]),
    getOpDef: func('TF_GraphGetOpDef', 'void', [p, text, p, p]),
    getKernels: func('TF_GetRegisteredKernelsForOp', p, [text, p]),

    newOperation: func('TF_NewOperation', p, [p, p, text]),
    addInput: func('TF_AddInput', 'void', [p, output]),
    addInputList: func('TF_AddInputList', 'void', [p, p, 'int']),
    addControlInput: func('TF_AddControlInput', 'void', [p, p]),
    setTensor: func('TF_SetAttrTensor', 'void', [p, p, p, p]),
    finishOperation: func('TF_FinishOperation', p, [p, p]),
    outputCount: func('TF_OperationNumOutputs', 'int', [p]),
    outputType: func('TF_OperationOutputType', 'int', [output]),
    outputRank: func('TF_GraphGetTensorNumDims', 'int', [p, output, p]),
    outputShape: func('TF_GraphGetTensorShape', 'void', [p, output, p, 'int', p]),
    setOutputShape: func('TF_GraphSetTensorShape', 'void', [p, output, p, 'int', p]),

    setString: func('TF_SetAttrString', 'void', [p, p, p, 'size_t']),
    setStringList: func('TF_SetAttrStringList', 'void', [p, p, p, p, 'int']),
    setInt: func('TF_SetAttrInt', 'void', [p, p, 'int64_t']),
    setIntList: func('TF_SetAttrIntList', 'void', [p, p, p, 'int']),
    setFloat: func('TF_SetAttrFloat', 'void', [p, p, 'float']),
    setFloatList: func('TF_SetAttrFloatList', 'void', [p, p, p, 'int']),
    setBool: func('TF_SetAttrBool', 'void', [p, p, 'uint8_t']),
    setBoolList: func('TF_SetAttrBoolList', 'void', [p, p, p, 'int']),
    setType: func('TF_SetAttrType', 'void', [p, p, 'int']),
    setTypeList: func('TF_SetAttrTypeList', 'void', [p, p, p, 'int']),
    ...shapeSetters(func),

    toFunction: func('TF_GraphToFunctionWithControlOutputs', p, [
      ...[p, text, 'uint8_t', 'int', p, 'int', p, 'int', p, p],
      ...['int', p, p, p, p, p],
    ]),
    deleteFunction: func('TF_DeleteFunction', 'void', [p]),
    addFunction: func('TFE_ContextAddFunction', 'void', [p, p, p]),
    removeFunction: func('TFE_ContextRemoveFunction', 'void', [p, text, p]),
    hasFunction: func('TFE_ContextHasFunction', 'uint8_t', [p, text]),
  };
}

/** Setters of shapes for graphs. Unlike those of eager ops, they take no status. */
function shapeSetters(func: LibraryHandle['func']): Pick<AttributeSetters, 'setShape' | 'setShapeList'> {
  const shape = func('TF_SetAttrShape', 'void', [p, p, p, 'int']);
  const shapes = func('TF_SetAttrShapeList', 'void', [p, p, p, p, 'int']);
  return {
    setShape: (target, name, dims, rank) => void shape(target, name, dims, rank),
    setShapeList: (target, name, dims, ranks, count) => void shapes(target, name, dims, ranks, count),
  };
}

import { typeAttribute } from '../../../../packages/core-tensor-gpu/src/capture/graph/graph.ts';
import {
  attributeTypes,
  type OpAttribute,
  setAttribute,
} from '../../../../packages/core-tensor-gpu/src/native/api/attributes.ts';
import type { GraphApi, GraphOutput } from '../../../../packages/core-tensor-gpu/src/native/api/graph-api.ts';
import {
  check,
  type NativeLibrary,
} from '../../../../packages/core-tensor-gpu/src/native/api/native-library.ts';

type Address = bigint;

/** A second graph that grows with the first. */
export interface MirrorGraph {
  readonly pointer: Address;
  /** The mirror's operation for one of the first graph's. */
  of(oper: Address): Address;
  /** Adds an operation that the first graph hasn't. */
  add(
    op: string,
    name: string,
    inputs: readonly GraphOutput[],
    attributes: readonly OpAttribute[],
  ): GraphOutput;
  /** The session's variables by the operations that are arguments in the first graph. */
  readonly variables: ReadonlyMap<Address, Variable>;
}

interface Variable {
  readonly resource: GraphOutput;
  readonly dtype: number;
}

/**
 * Makes every graph that is built from now on twice. A session can't be fed a variable of the eager context: in the
 * mirror, variables are the session's own.
 *
 * @param made - is given the mirror of each graph
 * @returns how to end that
 */
export function mirrorGraphs(
  library: NativeLibrary,
  made: (graph: Address, mirror: MirrorGraph) => void,
): () => void {
  const api = library.graph;
  const original = { ...api };
  const mirrors = new Map<Address, ReturnType<typeof newMirror>>();
  const ownerOf = new Map<Address, Address>();

  /** The mirror in which a description under way or an operation is. */
  const within = (owned: Address): ReturnType<typeof newMirror> => mirrors.get(ownerOf.get(owned)!)!;

  const patched: Partial<GraphApi> = {
    newGraph() {
      const graph = original.newGraph();
      const mirror = newMirror(library, original);
      mirrors.set(graph, mirror);
      made(graph, mirror);
      return graph;
    },
    newOperation(graph, op, name) {
      const description = original.newOperation(graph, op, name);
      ownerOf.set(description, graph);
      mirrors.get(graph)!.begin(description, op as Address, name);
      return description;
    },
    finishOperation(description, status) {
      const oper = original.finishOperation(description, status);
      within(description).finish(description, oper);
      return oper;
    },
  };
  for (const name of ['setTensor', 'addInput', 'addInputList', 'addControlInput', ...setters] as const) {
    patched[name] = (description: Address, ...rest: unknown[]) => {
      within(description).call(description, name, rest);
      return (original[name] as (...given: unknown[]) => unknown)(description, ...rest);
    };
  }
  Object.assign(api, patched);
  return () => void Object.assign(api, original);
}

const setters = [
  ...(['setString', 'setStringList', 'setInt', 'setIntList', 'setFloat', 'setFloatList'] as const),
  ...(['setBool', 'setBoolList', 'setType', 'setTypeList', 'setShape', 'setShapeList'] as const),
];

function newMirror(library: NativeLibrary, api: GraphApi) {
  const { status } = library;
  const pointer = api.newGraph();
  const opers = new Map<Address, Address>();
  const variables = new Map<Address, Variable>();
  const descriptions = new Map<Address, Address>();
  /** By descriptions of arguments that are variables, their type. */
  const types = new Map<Address, number>();

  function call(description: Address, name: keyof GraphApi, rest: readonly unknown[]): void {
    const [first] = rest;
    if (name === 'setTypeList' && first === library.name('_handle_dtypes')) {
      types.set(description, (rest[1] as Int32Array)[0]!);
    }
    const run = api[name] as (...given: unknown[]) => unknown;
    const target = descriptions.get(description);
    if (name === 'addInput') run(target, mirrored(first as GraphOutput));
    else if (name === 'addControlInput') run(target, opers.get(first as Address));
    else if (name === 'addInputList') run(target, packedMirrors(first as BigInt64Array), rest[1]);
    else run(target, ...rest);
  }

  function mirrored({ oper, index }: GraphOutput): GraphOutput {
    return { oper: opers.get(oper)!, index };
  }

  function packedMirrors(packed: BigInt64Array): BigInt64Array {
    return packed.map((value, i) => (i % 2 === 0 ? opers.get(value)! : value));
  }

  function finish(description: Address, oper: Address): void {
    const mirror = api.finishOperation(descriptions.get(description)!, status);
    check(library, 'mirror');
    descriptions.delete(description);
    const dtype = types.get(description);
    types.delete(description);
    opers.set(oper, mirror);
    if (dtype === undefined) return;
    const name = `variable_${oper}`;
    const resource = add(
      'VarHandleOp',
      name,
      [],
      [
        typeAttribute('dtype', dtype),
        { name: 'shape', type: attributeTypes.TF_ATTR_SHAPE, value: null },
        { name: 'shared_name', type: attributeTypes.TF_ATTR_STRING, value: name },
      ],
    );
    opers.set(oper, resource.oper);
    variables.set(oper, { resource, dtype });
  }

  function add(
    op: string,
    name: string,
    inputs: readonly GraphOutput[],
    attributes: readonly OpAttribute[],
  ): GraphOutput {
    const description = api.newOperation(pointer, library.name(op), name);
    for (const input of inputs) api.addInput(description, input);
    for (const attribute of attributes) setAttribute(library, description, attribute, api);
    const oper = api.finishOperation(description, status);
    check(library, op);
    return { oper, index: 0 };
  }

  return {
    pointer,
    variables,
    add,
    of: (oper: Address) => opers.get(oper)!,
    begin: (description: Address, op: Address, name: string) =>
      void descriptions.set(description, api.newOperation(pointer, op, name)),
    call,
    finish,
  };
}

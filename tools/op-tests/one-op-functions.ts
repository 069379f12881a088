import { defineFunction } from '../../packages/core-tensor-gpu/src/capture/graph/captured-function.ts';
import { createGraph, type Graph } from '../../packages/core-tensor-gpu/src/capture/graph/graph.ts';
import type { Pointer } from '../../packages/core-tensor-gpu/src/native/api/c-api.ts';
import { dataTypes } from '../../packages/core-tensor-gpu/src/native/api/dtype.ts';
import type {
  NativeBinding,
  TensorMetadata,
} from '../../packages/core-tensor-gpu/src/native/eager/eager-binding.ts';
import type { GraphOutput } from '../../packages/core-tensor-gpu/src/native/api/graph-api.ts';
import { check } from '../../packages/core-tensor-gpu/src/native/api/native-library.ts';

type ExecuteOp = NativeBinding['executeOp'];
type Given = Parameters<ExecuteOp>;

/** What became of the ops. */
export interface OpCounts {
  /** Ops that ran as functions, and how often. */
  readonly functions: Map<string, number>;
  /** Ops that ran eagerly because no recording can hold them: the op and the error's code, and how often. */
  readonly eager: Map<string, number>;
}

/**
 * Lets every op go the way of a captured step: a graph of this one op, whose attributes and shapes TensorFlow
 * completes, made a function and called.
 *
 * What JavaScript made of small integers (shapes, axes, paddings) and of one number is a constant of the graph, as it is
 * in a recording; all else is fed.
 *
 * @throws Error where the shapes that TensorFlow infers are not those of the result
 */
export function runOpsAsFunctions(binding: NativeBinding, counts: OpCounts): void {
  const { createTensor, deleteTensor, executeOp } = binding;
  const literals = new Set<number>();
  Object.assign(binding, {
    createTensor: (...given: Parameters<typeof createTensor>) => {
      const id = createTensor(...given);
      if (isLiteral(...given)) literals.add(id);
      return id;
    },
    deleteTensor: (id: number) => {
      literals.delete(id);
      deleteTensor(id);
    },
    executeOp: (...given: Given) => {
      try {
        const results = executeAsFunction(binding, literals, given);
        count(counts.functions, given[0]);
        return results;
      } catch (error) {
        const code = codeOf(error);
        if (!code.startsWith('CAPTURE_')) throw error;
        count(counts.eager, `${given[0]} (${code})`);
        return executeOp(...given);
      }
    },
  } satisfies Partial<NativeBinding>);
}

function isLiteral(...[shape, dtype, values]: Parameters<NativeBinding['createTensor']>): boolean {
  if (dtype === dataTypes.TF_STRING) return false;
  const isInteger = dtype === dataTypes.TF_INT32 || dtype === dataTypes.TF_INT64;
  return shape.length === 0 || (isInteger && values.length <= 16);
}

function executeAsFunction(
  binding: NativeBinding,
  literals: ReadonlySet<number>,
  [op, attributes, inputIds, outputCount]: Given,
): TensorMetadata[] {
  const graph = createGraph(binding.library);
  const fed: { readonly handle: Pointer; readonly placeholder: GraphOutput }[] = [];
  try {
    const inputs = inputIds.map((id) => {
      if (literals.has(id)) return constant(binding, graph, id);
      const { dtype, shape } = binding.describe(id);
      const placeholder = graph.placeholder(dtype, shape);
      fed.push({ handle: binding.handleOf(id, op), placeholder });
      return placeholder;
    });
    const outputs = graph.operation(op, attributes, inputs).slice(0, outputCount);
    const inferred = outputs.map((output) => graph.shapeOf(output, op));
    const fn = defineFunction(binding, graph, {
      inputs: fed.map(({ placeholder }) => placeholder),
      // A function's result must be an output of its own.
      outputs: outputs.map((output) => graph.operation('Identity', [], [output])[0]!),
      effects: [],
    });
    try {
      const results = fn.call(fed.map(({ handle }) => handle)).map(binding.adopt);
      results.forEach(({ shape }, index) => compareShapes(op, index, shape, inferred[index]!.shape));
      return results;
    } finally {
      fn.dispose();
    }
  } finally {
    graph.dispose();
  }
}

function constant({ library, describe, handleOf }: NativeBinding, graph: Graph, id: number): GraphOutput {
  const { api, status } = library;
  const tensor = api.resolveHandle(handleOf(id, 'Const'), status);
  check(library, 'TFE_TensorHandleResolve');
  try {
    return graph.constant(describe(id).dtype, tensor, String(id));
  } finally {
    api.deleteTensor(tensor);
  }
}

/** Outputs after the first may be a kernel's workspace, which a recording passes on as empty. */
function compareShapes(
  op: string,
  index: number,
  real: readonly number[],
  inferred: readonly number[],
): void {
  if (String(real) === String(inferred) || (index > 0 && String(inferred) === '0')) return;
  throw new Error(`${op}: output ${index} has shape [${real}], but the graph says [${inferred}]`);
}

function codeOf(error: unknown): string {
  return String((error as { readonly code?: unknown } | undefined)?.code);
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

import {
  backend_util,
  Einsum,
  Identity,
  Multiply,
  Sum,
  type Tensor,
  type TensorInfo,
  Transpose,
  util,
} from '@tensorflow/tfjs-core';
import { multiplyMatrices } from './batch-mat-mul.ts';
import {
  type BackendWasm,
  callKernel,
  type KernelCall,
  release,
  requireFloat,
  viewAs,
} from './wasm-backend.ts';

/** A tensor whose axes are named by the letters of the equation, here numbers; the result's letters come first. */
interface Term {
  readonly tensor: TensorInfo;
  readonly labels: readonly number[];
}

/**
 * `tf.einsum` of one or two tensors. Letters that only one tensor has and the result lacks are summed first; the rest
 * is one batched product of matrices, `[batch, left, shared]` times `[batch, shared, right]`.
 */
export function einsum({ inputs, attrs, backend }: KernelCall): TensorInfo {
  const tensors = Object.keys(inputs).map((name) => inputs[name]!);
  for (const tensor of tensors) requireFloat(Einsum, tensor);
  const equation = attrs['equation'] as string;
  const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(equation, tensors.length);
  backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as Tensor[]);
  const result = [...allDims.keys()].filter((label) => !summedDims.includes(label));
  const [first, second] = tensors.map((tensor, i) => ({ tensor, labels: idDims[i]! }));
  const terms =
    second === undefined ? sumOut(backend, first!, result) : contract(backend, first!, second, result);
  return orderedInto(backend, terms, result);
}

/** The product of two terms, its axes in the order batch, left, right. */
function contract(backend: BackendWasm, first: Term, second: Term, result: readonly number[]): Term {
  const a = sumOut(backend, first, [...result, ...second.labels]);
  const b = sumOut(backend, second, [...result, ...first.labels]);
  const both = a.labels.filter((label) => b.labels.includes(label));
  const batch = both.filter((label) => result.includes(label));
  const shared = both.filter((label) => !result.includes(label));
  const left = a.labels.filter((label) => !both.includes(label));
  const right = b.labels.filter((label) => !both.includes(label));
  const sizes = { ...sizesOf(a), ...sizesOf(b) };
  const size = (labels: readonly number[]): number =>
    util.sizeFromShape(labels.map((label) => sizes[label]!));

  const rows = orderedInto(backend, a, [...batch, ...left, ...shared]);
  const columns = orderedInto(backend, b, [...batch, ...shared, ...right]);
  const rowMatrix = viewAs(rows, [size(batch), size(left), size(shared)]);
  const columnMatrix = viewAs(columns, [size(batch), size(shared), size(right)]);
  const product =
    shared.length === 0
      ? callKernel(Multiply, backend, { a: rowMatrix, b: columnMatrix })
      : multiplyMatrices(backend, rowMatrix, columnMatrix);
  release(backend, rows, columns);
  const labels = [...batch, ...left, ...right];
  return {
    tensor: viewAs(
      product,
      labels.map((label) => sizes[label]!),
    ),
    labels,
  };
}

/** Sums over the axes whose labels are not kept. The result is a new tensor or a new share in the old one. */
function sumOut(backend: BackendWasm, { tensor, labels }: Term, kept: readonly number[]): Term {
  const axis = [...labels.keys()].filter((i) => !kept.includes(labels[i]!));
  if (axis.length === 0) return { tensor: callKernel(Identity, backend, { x: tensor }), labels };
  const sums = callKernel(Sum, backend, { x: tensor }, { axis, keepDims: false });
  return { tensor: sums, labels: labels.filter((label) => kept.includes(label)) };
}

/** Brings the axes into the given order and releases the term. */
function orderedInto(backend: BackendWasm, { tensor, labels }: Term, order: readonly number[]): TensorInfo {
  const perm = order.map((label) => labels.indexOf(label));
  if (perm.every((axis, i) => axis === i)) return tensor;
  const transposed = callKernel(Transpose, backend, { x: tensor }, { perm });
  release(backend, tensor);
  return transposed;
}

function sizesOf({ tensor, labels }: Term): Record<number, number> {
  return Object.fromEntries(labels.map((label, axis) => [label, tensor.shape[axis]!]));
}

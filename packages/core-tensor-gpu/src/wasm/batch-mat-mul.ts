import { backend_util, BatchMatMul, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { transposeMatrices } from './image-layouts.ts';
import { borrow, giveBack } from './memory-views.ts';
import { type BackendWasm, floats, input, type KernelCall, release, requireFloat } from './wasm-backend.ts';

/** From this number of multiplications on, it is faster to call the fast product once per pair of a batch. */
const worthACall = 16_384;

/**
 * A matrix product that uses the compiled kernel only for what it is fast at: one pair of matrices without
 * transposition. Otherwise that kernel uses plain loops, which take about 4 times as long as transposing first.
 */
export function batchMatMul(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  requireFloat(BatchMatMul, a);
  requireFloat(BatchMatMul, b);
  const left = attrs['transposeA'] === true ? transposeMatrices(backend, a) : a;
  const right = attrs['transposeB'] === true ? transposeMatrices(backend, b) : b;
  const product = multiplyMatrices(backend, left, right);
  if (left !== a) release(backend, left);
  if (right !== b) release(backend, right);
  return product;
}

/** Computes `[…, rows, shared]` times `[…, shared, columns]`. The leading axes may broadcast. */
export function multiplyMatrices(backend: BackendWasm, a: TensorInfo, b: TensorInfo): TensorInfo {
  const [rows, shared] = a.shape.slice(-2) as [number, number];
  const [inner, columns] = b.shape.slice(-2) as [number, number];
  util.assert(shared === inner, () => `matMul: the inner sizes ${shared} of a and ${inner} of b differ`);
  const [batchOfA, batchOfB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const outer = backend_util.assertAndGetBroadcastShape(batchOfA, batchOfB);
  const result = backend.makeOutput([...outer, rows, columns], 'float32');
  if (shared === 0) floats(backend, result).fill(0);
  const work = rows * columns * shared;
  const batch = util.sizeFromShape(outer);
  if (batch * work === 0) return result;
  if (work < worthACall && batch > 1 && util.arraysEqual(batchOfA, batchOfB)) {
    multiplyInto(backend, a, [batch, rows, shared], 0, b, [batch, shared, columns], 0, result, 0);
    return result;
  }
  const [pairsOfA, pairsOfB] = [broadcastIndices(batchOfA, outer), broadcastIndices(batchOfB, outer)];
  for (let i = 0; i < batch; i++) {
    const [fromA, fromB] = [pairsOfA[i]! * rows * shared, pairsOfB[i]! * shared * columns];
    multiplyInto(
      backend,
      a,
      [1, rows, shared],
      fromA,
      b,
      [1, shared, columns],
      fromB,
      result,
      i * rows * columns,
    );
  }
  return result;
}

/**
 * The compiled kernel caches its packed right matrix by tensor and ignores its shape. The same values in another
 * shape would give a wrong product. So every right matrix gets a name of its own here.
 */
function multiplyInto(
  backend: BackendWasm,
  a: TensorInfo,
  aShape: number[],
  aOffset: number,
  b: TensorInfo,
  bShape: number[],
  bOffset: number,
  result: TensorInfo,
  resultOffset: number,
): void {
  const left = borrow(backend, a, aShape, aOffset);
  const right = borrow(backend, b, bShape, bOffset);
  const product = borrow(backend, result, [aShape[0]!, aShape[1]!, bShape[2]!], resultOffset);
  const id = ({ dataId }: TensorInfo): number => backend.dataIdMap.get(dataId).id;
  compiledProduct(backend)(id(left), bytes(aShape), 3, id(right), bytes(bShape), 3, 0, 0, id(product));
  giveBack(backend, left, right, product);
}

type CompiledProduct = (...args: (number | Uint8Array)[]) => void;

/** Emscripten's own functions, which are missing from the backend's types. */
interface Wrapping {
  cwrap(name: string, returned: null, parameters: readonly string[]): CompiledProduct;
}

const compiled = new WeakMap<BackendWasm, CompiledProduct>();

function compiledProduct(backend: BackendWasm): CompiledProduct {
  const known = compiled.get(backend);
  if (known !== undefined) return known;
  const matrix = ['number', 'array', 'number'];
  const parameters = [...matrix, ...matrix, 'number', 'number', 'number'];
  const product = (backend.wasm as unknown as Wrapping).cwrap(BatchMatMul, null, parameters);
  compiled.set(backend, product);
  return product;
}

function bytes(shape: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(shape).buffer);
}

/** For every entry of the broadcast shape, the index of the entry of `shape`. */
function broadcastIndices(shape: readonly number[], broadcast: readonly number[]): number[] {
  const padded = [...broadcast.slice(shape.length).map(() => 1), ...shape];
  return padded.reduce<number[]>(
    (indices, size, axis) =>
      indices.flatMap((index) =>
        Array.from({ length: broadcast[axis]! }, (_, i) => (size === 1 ? index : index * size + i)),
      ),
    [0],
  );
}

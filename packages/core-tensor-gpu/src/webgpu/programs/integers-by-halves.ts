import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../../stock/stock-backend.ts';
import { computedOnHost, type Kernel, tracked } from './on-host.ts';
import { runProgram } from './program.ts';

type Half = 'upper' | 'lower';

/** Of the halves: the programs that move take floats alone, those that add take integers too. */
type Type = 'float32' | 'int32';

const typed = (code: string): Readonly<Record<Type, string>> => ({ int32: code, float32: `f32(${code})` });

/** The two halves of 32 bits; `upper * 65536 + lower` is the number. */
const halves: Readonly<
  Record<Half, { readonly code: Readonly<Record<Type, string>>; readonly of: (x: number) => number }>
> = {
  upper: { code: typed('A[index] >> 16u'), of: (x) => x >> 16 },
  lower: { code: typed('A[index] & 0xffff'), of: (x) => x & 0xffff },
};

/**
 * Runs a kernel that moves integers. The stock programs read each as a float32, which holds integers up to 2^24. So
 * the upper and the lower 16 bits are moved apart, and joined again.
 *
 * @param keys - the inputs that are moved; the others are indices or conditions
 */
export function byHalves(
  call: StockCall,
  kernel: Kernel,
  keys: readonly string[],
  type: Type = 'float32',
): ReturnType<Kernel> {
  const { inputs, attrs, backend } = call;
  if (!keys.some((key) => inputs[key]?.dtype === 'int32')) return kernel(call);
  return tf.tidy((): tf.Tensor | tf.Tensor[] => {
    const onHost = computedOnHost(call, kernel);
    if (onHost) return onHost;
    const moved = (half: Half): ReturnType<Kernel> => {
      const { code, of } = halves[half];
      const split = (x: tf.TensorInfo): tf.Tensor => {
        const program = { name: `${half} ${type}`, code: `result[index] = ${code[type]};`, inputs: [x] };
        return tracked(runProgram(backend, { ...program, shape: x.shape, dtype: type }));
      };
      const entries = Object.entries(inputs).map(
        ([key, x]) => [key, keys.includes(key) ? split(x) : x] as const,
      );
      const filling = attrs['constantValue'];
      return kernel({
        // The inputs of `concat` are a list.
        inputs: Array.isArray(inputs)
          ? (entries.map(([, x]) => x) as unknown as StockCall['inputs'])
          : Object.fromEntries(entries),
        attrs: typeof filling === 'number' ? { ...attrs, constantValue: of(filling) } : attrs,
        backend,
      });
    };
    const [upper, lower] = [moved('upper'), moved('lower')];
    if (!Array.isArray(upper)) return joined(backend, tracked(upper), tracked(lower as tf.TensorInfo));
    return upper.map((part, i) => joined(backend, tracked(part), tracked((lower as tf.TensorInfo[])[i]!)));
  });
}

function joined(backend: unknown, upper: tf.Tensor, lower: tf.Tensor): tf.Tensor {
  return tracked(
    runProgram(backend, {
      name: 'join',
      code: 'result[index] = (i32(A[index]) << 16u) + i32(B[index]);',
      inputs: [upper, lower],
      shape: upper.shape,
      dtype: 'int32',
    }),
  );
}

import { describe, expect, it } from 'vitest';
import { attributeTypes, type OpAttribute, setAttribute } from '../../src/native/api/attributes.ts';
import type { NativeLibrary } from '../../src/native/api/native-library.ts';
import { requireDevice } from '../require-device.ts';
import { nativeBinding, take } from './native-binding.ts';

const device = await requireDevice('tensorflow');

describe.skipIf(device === undefined)('an op takes an attribute that is', () => {
  const binding = nativeBinding();
  const { TF_ATTR_BOOL, TF_ATTR_FLOAT, TF_ATTR_INT, TF_ATTR_SHAPE, TF_ATTR_STRING, TF_ATTR_TYPE } = binding;
  const floats = (shape: number[], ...values: number[]) =>
    binding.createTensor(shape, binding.TF_FLOAT, Float32Array.from(values));
  const text = (value: string) => binding.createTensor([], binding.TF_STRING, [Buffer.from(value)]);
  const run = (op: string, attributes: OpAttribute[], inputs: number[], outputs = 1) => {
    try {
      return binding.executeOp(op, attributes, inputs, outputs);
    } finally {
      for (const id of inputs) binding.deleteTensor(id);
    }
  };
  const T = { name: 'T', type: TF_ATTR_TYPE, value: binding.TF_FLOAT } as const;

  it('a string, whatever bytes it holds', () => {
    const separator = { name: 'separator', type: TF_ATTR_STRING, value: ' · ' } as const;
    const count = { name: 'N', type: TF_ATTR_INT, value: 2 } as const;
    const [joined] = take(run('StringJoin', [separator, count], [text('a'), text('b')])[0]!) as Uint8Array[];
    expect(Buffer.from(joined!).toString()).toBe('a · b');
  });

  it('a list of strings', () => {
    const attributes = [
      T,
      { name: 'fused_ops', type: TF_ATTR_STRING, value: ['BiasAdd', 'Relu'] },
      { name: 'num_args', type: TF_ATTR_INT, value: 1 },
    ] as const;
    const inputs = [floats([1, 2], 1, 2), floats([2, 2], 1, 0, 0, -1), floats([2], 10, 0)];
    expect(take(run('_FusedMatMul', [...attributes], inputs)[0]!)).toEqual([11, 0]);
  });

  it('an integer, also one beyond 32 bits', () => {
    const seed = (value: bigint) => {
      const shape = binding.createTensor([1], binding.TF_INT32, Int32Array.of(4));
      const attributes = [
        { name: 'T', type: TF_ATTR_TYPE, value: binding.TF_INT32 },
        { name: 'dtype', type: TF_ATTR_TYPE, value: binding.TF_FLOAT },
        { name: 'seed', type: TF_ATTR_INT, value },
        { name: 'seed2', type: TF_ATTR_INT, value: 1 },
      ] as const;
      return take(run('RandomUniform', [...attributes], [shape])[0]!);
    };
    expect(seed(5n + 2n ** 40n)).not.toEqual(seed(5n));
  });

  it('a list of integers', () => {
    const axes = { name: 'squeeze_dims', type: TF_ATTR_INT, value: [0, -1] } as const;
    const [result] = run('Squeeze', [T, axes], [floats([1, 2, 1], 5, 6)]);
    expect(result?.shape).toEqual([2]);
    expect(take(result!)).toEqual([5, 6]);
  });

  it('a float', () => {
    const alpha = { name: 'alpha', type: TF_ATTR_FLOAT, value: 0.25 } as const;
    expect(take(run('LeakyRelu', [T, alpha], [floats([2], -4, 4)])[0]!)).toEqual([-1, 4]);
  });

  it('a list of floats', () => {
    const boundaries = { name: 'boundaries', type: TF_ATTR_FLOAT, value: [0, 10, 100] } as const;
    expect(take(run('Bucketize', [T, boundaries], [floats([3], -5, 10, 1000)])[0]!)).toEqual([0, 2, 3]);
  });

  it('true or false', () => {
    const transposed = { name: 'transpose_b', type: TF_ATTR_BOOL, value: true } as const;
    const inputs = () => [floats([1, 2], 1, 2), floats([2, 2], 1, 0, 3, 0)];
    expect(take(run('MatMul', [T, transposed], inputs())[0]!)).toEqual([1, 3]);
    expect(take(run('MatMul', [T, { ...transposed, value: false }], inputs())[0]!)).toEqual([7, 0]);
  });

  it('a type', () => {
    const attributes = [
      { name: 'SrcT', type: TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: 'DstT', type: TF_ATTR_TYPE, value: binding.TF_INT32 },
    ] as const;
    expect(take(run('Cast', [...attributes], [floats([2], 1.7, -1.7)])[0]!)).toEqual([1, -1]);
  });

  it('a list of types', () => {
    const types = { name: 'T', type: TF_ATTR_TYPE, value: [binding.TF_FLOAT, binding.TF_STRING] } as const;
    const [number, word] = run('IdentityN', [types], [floats([], 3), text('word')], 2);
    expect([number?.dtype, word?.dtype]).toEqual([binding.TF_FLOAT, binding.TF_STRING]);
    take(number!);
    take(word!);
  });

  it('a shape, with an unknown dimension or of unknown rank', () => {
    const ensure = (value: readonly number[] | null) =>
      take(
        run('EnsureShape', [T, { name: 'shape', type: TF_ATTR_SHAPE, value }], [floats([1, 2], 8, 9)])[0]!,
      );
    expect(ensure([1, -1])).toEqual([8, 9]);
    expect(ensure(null)).toEqual([8, 9]);
    expect(() => ensure([2, 2])).toThrow('EnsureShape failed: Shape of tensor dummy_input [1,2]');
  });

  it('a list of shapes', () => {
    const attributes = [
      { name: 'component_types', type: TF_ATTR_TYPE, value: [binding.TF_FLOAT, binding.TF_FLOAT] },
      { name: 'shapes', type: TF_ATTR_SHAPE, value: [[2], []] },
      { name: 'capacity', type: TF_ATTR_INT, value: 3 },
    ] as const;
    const [queue] = run('FIFOQueueV2', [...attributes], []);
    const types = {
      name: 'Tcomponents',
      type: TF_ATTR_TYPE,
      value: [binding.TF_FLOAT, binding.TF_FLOAT],
    } as const;
    const first = floats([3], 1, 2, 3);
    const second = floats([], 4);
    expect(() => binding.executeOp('QueueEnqueueV2', [types], [queue!.id, first, second], 0)).toThrow(
      /QueueEnqueueV2 failed: Shape mismatch in tuple component 0. Expected \[2\], got \[3\]/,
    );
    for (const id of [queue!.id, first, second]) binding.deleteTensor(id);
  });

  it('of a kind that TensorFlow has, and no other', () => {
    const odd = { name: 'T', type: 99, value: 1 } as unknown as OpAttribute;
    expect(() => run('Identity', [odd], [floats([], 1)])).toThrow('attribute T has the unknown kind 99');
  });
});

describe('a list of true and false', () => {
  // No op of TensorFlow's takes one, so what the C function is given is looked at.
  it('is given to TensorFlow as bytes with their number', () => {
    const calls: unknown[][] = [];
    const library = {
      api: { setBoolList: (...given: unknown[]) => calls.push(given) },
      name: (text: string) => text,
    } as unknown as NativeLibrary;
    setAttribute(library, 7n, { name: 'flags', type: attributeTypes.TF_ATTR_BOOL, value: [true, false] });
    expect(calls).toEqual([[7n, 'flags', Uint8Array.of(1, 0), 2]]);
  });
});

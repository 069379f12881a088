import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { opError } from '../../src/native/api/op-error.ts';
import { requireDevice } from '../require-device.ts';
import { nativeBinding, take } from './native-binding.ts';

const device = await requireDevice('tensorflow');

describe.skipIf(device === undefined)('an error of TensorFlow', () => {
  const binding = nativeBinding();
  const T = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT } as const;

  it('is one sentence with the op in it and nothing of its inside', () => {
    const x = binding.createTensor([2, 3], binding.TF_FLOAT, new Float32Array(6));
    expect(() => binding.executeOp('MatMul', [T], [x, x], 1)).toThrow(
      '[tensorflow] MatMul failed: Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]. ' +
        'Check the shapes, dtypes and values of the inputs of this op. (NATIVE_OP)',
    );
    binding.deleteTensor(x);
  });

  it('is forgotten by the next call, also by one that reports nothing but failure', async () => {
    const x = binding.createTensor([2], binding.TF_FLOAT, Float32Array.of(1, 2));
    expect(() => binding.executeOp('MatMul', [T], [x, x], 1)).toThrow('NATIVE_OP');
    const [sum] = binding.executeOp('AddV2', [T], [x, x], 1);
    expect(take(sum!)).toEqual([2, 4]);
    expect(() => binding.executeOp('MatMul', [T], [x, x], 1)).toThrow('NATIVE_OP');
    tf.engine().reset();
    expect(await tf.setBackend('tensorflow')).toBe(true); // which configures a new context
  });

  it('names an op that does not exist', () => {
    expect(() => nativeBinding().executeOp('NoSuchOp', [], [], 1)).toThrow(/NoSuchOp failed: .*NoSuchOp/);
  });

  it('names the kernel that a type lacks', () => {
    expect(() => tf.leakyRelu(tf.tensor1d([1], 'int32'))).toThrow(/LeakyRelu failed: .*int32/);
  });
});

describe.skipIf(device === undefined)('a tensor that has been freed', () => {
  it('is noticed instead of followed', () => {
    const binding = nativeBinding();
    const id = binding.createTensor([], binding.TF_FLOAT, Float32Array.of(1));
    binding.deleteTensor(id);
    expect(() => binding.tensorDataSync(id)).toThrow(`got tensor ${id}, which does not exist or was freed`);
    expect(() => binding.deleteTensor(id)).toThrow('NATIVE_OP');
    expect(() => binding.executeOp('Identity', [], [id], 1)).toThrow(`Identity got tensor ${id}`);
  });
});

describe("TensorFlow's text", () => {
  it.each([
    [
      '{{function_node __wrapped__Conv2D_device_/job:localhost/device:CPU:0}} no room [Op:Conv2D] name: ',
      'Conv2D failed: no room. ',
    ],
    ['first line.\nstack of\nits inside', 'Conv2D failed: first line. '],
    ['two\n\t [[{{node Conv2D}}]]', 'Conv2D failed: two. '],
    ['', 'Conv2D failed: TensorFlow gave no reason. '],
  ])('%j is cut to one sentence', (message, expected) => {
    expect(opError('Conv2D', 3, message).message).toContain(expected);
  });

  it('says which op XLA lacks', () => {
    const message =
      'Detected unsupported operations when trying to compile graph cantrip_step_16[_XlaMustCompile=true] on ' +
      "XLA_CPU_JIT: Dilation2D (No registered 'Dilation2D' OpKernel for XLA_CPU_JIT devices compatible with node )";
    expect(opError('the captured step', 3, message).message).toBe(
      '[tensorflow] XLA, which compiles the captured step, lacks Dilation2D. ' +
        'Leave compile out, or use other ops. (NATIVE_OP)',
    );
  });

  it('comes with what to do', () => {
    expect(opError('Conv2D', 8, 'OOM when allocating').message).toContain('Use a smaller batch');
  });
});

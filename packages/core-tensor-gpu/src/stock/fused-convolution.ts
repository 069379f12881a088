import * as tf from '@tensorflow/tfjs-core';
import { activate, type Activated } from './activations.ts';
import type { StockCall } from './stock-backend.ts';

/**
 * A fused convolution whose bias is not one number a channel, as the convolution and separate ops. The compiled wasm
 * kernel refuses such a bias, and the cpu kernel returns a result of as many axes as the bias. Both take a slope of
 * their own where `leakyreluAlpha` is left out.
 */
export function fusedConvolution(call: StockCall, stock: tf.KernelFunc): tf.TensorInfo {
  const { bias, preluActivationWeights: slopes, ...convolved } = call.inputs as Record<string, tf.Tensor>;
  const attrs = { ...call.attrs, leakyreluAlpha: call.attrs['leakyreluAlpha'] ?? 0.2 } as Activated;
  const run = (inputs: tf.NamedTensorInfoMap, given: object): tf.Tensor =>
    stock({ inputs, attrs: given as tf.NamedAttrMap, backend: call.backend as object }) as tf.Tensor;
  const channels = call.attrs['dataFormat'] !== 'NHWC' || bias?.rank === 1;
  if (!bias || (channels && bias.shape[0] !== 1)) return run(call.inputs, attrs);
  return tf.tidy(() => {
    const product = run(convolved as tf.NamedTensorInfoMap, { ...attrs, activation: 'linear' });
    const { dataId, shape, dtype } = product;
    const y = tf.engine().makeTensorFromDataId(dataId, shape, dtype);
    return activate(tf.add(y, bias), attrs, slopes);
  });
}

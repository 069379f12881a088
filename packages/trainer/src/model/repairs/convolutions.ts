import * as tf from '@tensorflow/tfjs-core';
import type { layers, LayerVariable } from '@tensorflow/tfjs-layers';
import type { LayerCall } from '../layers/interpose-call.ts';
import { inputOf } from './input-of.ts';

/** The convolutions of tfjs-layers, with their private fields. */
interface Convolution extends layers.Layer {
  readonly kernel: LayerVariable;
  readonly bias: LayerVariable | null;
  readonly strides: number[];
  readonly dilationRate: number[];
  readonly padding: 'valid' | 'same' | 'causal';
  readonly dataFormat: string;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor } | null;
}

/**
 * A causal convolution, which tfjs-layers refuses. Zeros are added before the series, so no output depends on later
 * inputs.
 */
export function causalConvolution(layer: layers.Layer, next: LayerCall): LayerCall {
  const conv = layer as Convolution;
  if (conv.padding !== 'causal') return next;
  return (inputs) =>
    tf.tidy(() => {
      const [stride, dilation] = [conv.strides[0]!, conv.dilationRate[0]!];
      const kernel = conv.kernel.read() as tf.Tensor3D;
      const before = (kernel.shape[0] - 1) * dilation;
      const padded = tf.pad(inputOf(inputs), [
        [0, 0],
        [before, 0],
        [0, 0],
      ]) as tf.Tensor3D;
      return finish(conv, tf.conv1d(padded, kernel, stride, 'valid', 'NWC', dilation));
    });
}

/** A dilated convolution as separate ops. The fused op of tfjs-layers has no gradient for it. */
export function dilatedConvolution(layer: layers.Layer, next: LayerCall): LayerCall {
  const conv = layer as Convolution;
  if (conv.dilationRate.every((rate) => rate === 1)) return next;
  return (inputs) =>
    tf.tidy(() => {
      const first = conv.dataFormat === 'channelsFirst';
      const x = inputOf(inputs) as tf.Tensor4D;
      const last = first ? tf.transpose(x, [0, 2, 3, 1]) : x;
      const y = tf.conv2d(
        last,
        conv.kernel.read() as tf.Tensor4D,
        conv.strides as [number, number],
        conv.padding === 'same' ? 'same' : 'valid',
        'NHWC',
        conv.dilationRate as [number, number],
      );
      const outputs = finish(conv, y);
      return first ? tf.transpose(outputs, [0, 3, 1, 2]) : outputs;
    });
}

function finish({ bias, activation }: Convolution, y: tf.Tensor): tf.Tensor {
  const biased = bias ? tf.add(y, bias.read()) : y;
  return activation ? activation.apply(biased) : biased;
}

import { entriesOfTensors, mapTensors } from '@cantrip/plugin-kit';
import type { Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { blend } from '../mixing/mix-examples.ts';
import { mixLabels } from '../mixing/mix-labels.ts';
import type { OneOrEach } from '../mixing/share.ts';

/**
 * Mixes the targets of each output. Class indices lack the last axis of the outputs, and become soft targets over its
 * classes. Other targets are numbers.
 */
export function mixTargets(
  targets: Tensors,
  outputs: Tensors,
  partners: tf.Tensor,
  share: OneOrEach,
): Tensors {
  const byName = new Map(entriesOfTensors<tf.Tensor>(outputs));
  const mixOne = (one: tf.Tensor, name: string): tf.Tensor => {
    const output = byName.get(name) ?? byName.get('');
    const classes = output?.shape.at(-1) ?? 1;
    const isIndex = one.dtype === 'int32' && one.rank === (output?.rank ?? 0) - 1 && classes > 1;
    if (isIndex) return mixLabels(one, partners, share, { classes });
    return tf.tidy(() => blend(tf.cast(one, 'float32'), partners, share));
  };
  return mapTensors<tf.Tensor, tf.Tensor>(targets, mixOne) as Tensors;
}

import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { heldProperty, type Holder } from '../layers/held-property.ts';
import { isOrdering } from '../layers/keep-weight-order.ts';

/** Keeps a variable from being trained, whatever `trainable` of its layer or model is set to. */
export const freezeVariable: (variable: LayerVariable, holder: Holder) => () => void = heldProperty(
  'trainable',
  (variable) => {
    const wanted = variable.trainable;
    // The tensor's own flag follows, which tf.variableGrads goes by.
    variable.trainable = false;
    return {
      get value() {
        return isOrdering() && wanted;
      },
      end: () => {
        variable.trainable = wanted;
      },
    };
  },
);

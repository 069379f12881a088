import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { heldProperty, type Holder } from '../layers/held-property.ts';
import { isOrdering } from '../layers/keep-weight-order.ts';

/** Freezes a variable, even if `trainable` of its layer or model is set to true. */
export const freezeVariable: (variable: LayerVariable, holder: Holder) => () => void = heldProperty(
  'trainable',
  (variable) => {
    const wanted = variable.trainable;
    // This also sets the flag of the tf.Variable, which tf.variableGrads reads.
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

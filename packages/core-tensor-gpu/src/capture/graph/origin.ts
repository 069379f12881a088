import type { OpAttribute } from '../../native/api/attributes.ts';
import type { NativeBinding } from '../../native/eager/eager-binding.ts';

/** The origin of a graph tensor: an op, or host numbers. */
export type Origin =
  | {
      readonly op: string;
      readonly attributes: readonly OpAttribute[];
      readonly inputIds: readonly number[];
      readonly index: number;
      readonly outputCount: number;
    }
  | { readonly constant: Parameters<NativeBinding['createTensor']> };

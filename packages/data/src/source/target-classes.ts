import { CantripError } from '@cantrip/errors';
import { selection, type Source } from './source.ts';

/**
 * The class of each example of a dataset, in its order.
 *
 * @throws CantripError OPTION_INVALID if the targets are not one class index for each example
 */
export function targetClasses(who: string, source: Source): Float64Array {
  const [target, ...others] = source.targets;
  if (target && others.length === 0 && target.length === 1 && !(target.values instanceof Float32Array)) {
    return Float64Array.from(selection(source), (example) => target.values[example]!);
  }
  throw new CantripError('OPTION_INVALID', {
    who,
    what: 'the targets of this dataset are not one class index for each example',
    fix: 'Pass the classes as an array, one for each example',
  });
}

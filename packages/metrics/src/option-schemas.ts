import * as v from 'valibot';

export const fromSchema: v.OptionalSchema<
  v.PicklistSchema<['logits', 'probabilities'], undefined>,
  'logits'
> = v.optional(v.picklist(['logits', 'probabilities']), 'logits');

/** Labels are int32, so the ignored index must be an int32 number. */
export const ignoreIndexSchema: v.GenericSchema<number | undefined> = v.optional(
  v.pipe(v.number(), v.safeInteger(), v.minValue(-(2 ** 31)), v.maxValue(2 ** 31 - 1)),
);

/** Names of classes: several, each once. */
export const classNamesSchema: v.GenericSchema<readonly string[] | undefined> = v.optional(
  v.pipe(
    v.array(v.pipe(v.string(), v.nonEmpty())),
    v.minLength(1),
    v.check((names) => new Set(names).size === names.length, 'must name each class once'),
  ),
);

import {
  arrayOf,
  either,
  flag,
  integer,
  number,
  optional,
  optionalOptions,
  type OptionRules,
  type Rule,
} from '../../rules.ts';

export const count: Rule = integer({ min: 1 });
const finite = number();

/** A number, or an object of numbers by name that names nothing. */
export const byName = (rule: Rule): Rule => optional(either(rule, optionalOptions));

/** What is put into an array of whole numbers. */
export const padding: Rule = byName(integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));

/** One number, or one for each channel. */
export const channels = (count: number): Rule =>
  either(finite, (value) => arrayOf(finite)(value) && (value as unknown[]).length === count);

/** How batches are cut. */
export const batchRules: OptionRules = {
  shuffle: optional(flag),
  dropLast: optional(flag),
  prefetch: optional(integer({ min: 0, max: 64 })),
};

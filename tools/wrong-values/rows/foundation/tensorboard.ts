import { inEmptyFolder } from '../../in-empty-folder.ts';
import { options, type Rows } from '../../row.ts';
import {
  either,
  flag,
  integer,
  name,
  optional,
  optionalOptions,
  pattern,
  plain,
  type Rule,
  text,
} from '../../rules.ts';

const length: Rule = either(
  integer({ min: 1 }),
  (value) => text(value) && /^[\d.]+(ep|%)$/.test(value as string) && Number.parseFloat(value as string) > 0,
);
const settings: Rule = (value) =>
  plain(value) &&
  Object.values(value as object).every((one) => ['string', 'number', 'boolean'].includes(typeof one));

/** Every export of the package. */
export const tensorboardRows: Rows = {
  tensorBoard: {
    right: () => [{ folder: 'runs/first', histograms: {} }],
    legal: [
      options({
        folder: name,
        every: optional(length),
        histograms: optionalOptions,
        'histograms.every': optional(length),
        'histograms.weights': optional(flag),
        'histograms.gradients': optional(flag),
        'histograms.names': optional(pattern),
        hyperparameters: optional(settings),
      }),
    ],
  },
  eventWriter: {
    right: () => [{ folder: 'runs/first' }],
    legal: [options({ folder: name, purgeStep: optional(integer({ min: 0 })) })],
    call: (exported, args) =>
      inEmptyFolder(() => (exported as (...given: readonly unknown[]) => unknown)(...args)),
  },
};

import { options, type Rows } from '../../row.ts';
import { either, integer, name, optional, plain, type Rule, text } from '../../rules.ts';

const length: Rule = either(
  integer({ min: 1 }),
  (value) => text(value) && /^[\d.]+(ep|%)$/.test(value as string) && Number.parseFloat(value as string) > 0,
);
const of =
  (...kinds: readonly string[]): Rule =>
  (value) =>
    plain(value) && Object.values(value as object).every((one) => kinds.includes(typeof one));

/** Every export of the package. */
export const mlflowRows: Rows = {
  mlflow: {
    right: () => [{ trackingUri: 'http://127.0.0.1:5000' }],
    legal: [
      options({
        trackingUri: (value) => text(value) && /^https?:/.test(value as string),
        experiment: optional(name),
        runName: optional(name),
        every: optional(length),
        params: optional(of('string', 'number', 'boolean')),
        tags: optional(of('string')),
      }),
    ],
  },
};

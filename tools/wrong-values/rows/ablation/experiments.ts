import { options, type Rows } from '../../row.ts';
import {
  arrayOf,
  callable,
  either,
  flag,
  integer,
  name,
  named,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
  text,
} from '../../rules.ts';

const word: Rule = (value) => typeof value === 'string' && /^[\w-]+$/.test(value);
const design = oneOf('add-one', 'leave-one-out', 'factorial');
const tricks: Rule = (value) => arrayOf(name, { min: 1 })(value);
const scalar = either(text, flag, number());
const writable: Rule = (value) => value === undefined || value === null;

/** What is trained and compared. */
export const experimentRows: Rows = {
  ablate: {
    // An experiment that is not there, so that nothing is trained.
    right: () => [{ experiment: '/nowhere/experiment.ts', design: 'add-one' }],
    endsIn: '/nowhere/experiment.ts cannot be imported',
    legal: [
      options({
        experiment: name,
        design,
        seeds: optional(either(integer({ min: 1, max: 10_000 }), arrayOf(integer({ min: 0 }), { min: 1 }))),
        parameters: optional(either(optionalOptions, named(scalar))),
        folder: optional(name),
        processes: optional(integer({ min: 1 })),
        threads: optional(integer({ min: 1 })),
        environment: optional(named(text)),
        acceptChanged: optional(flag),
        confidence: optional(number({ above: 0, below: 1 })),
        stream: writable,
        signal: optional(nothing),
      }),
    ],
  },
  contrastsOf: { who: ['contrastsOf'], right: () => ['add-one', ['a']], legal: [design, tricks] },
  defineAblation: {
    right: () => [definition()],
    legal: [
      options({
        name: word,
        parameters: optional(either(optionalOptions, named(scalar))),
        plugins: nothing,
        'plugins.0': nothing,
        'plugins.1.name': name,
        'plugins.1.with': nothing,
        'plugins.1.without': optional(nothing),
        trainer: callable,
        fit: callable,
        figures: nothing,
        'figures.0': nothing,
        'figures.0.name': name,
        'figures.0.better': nothing,
        'figures.0.percent': optional(flag),
        'figures.0.whenDiverged': optional(number()),
        'figures.0.judges': optional(nothing),
      }),
    ],
  },
  variantsOf: { right: () => ['factorial', ['a', 'b']], legal: [design, tricks] },
};

function definition(): object {
  return {
    name: 'made-up',
    parameters: { epochs: 1 },
    plugins: [{ name: 'own' }, { name: 'pair', with: { name: 'one' }, without: { name: 'other' } }],
    trainer: () => ({ dispose: () => undefined }),
    fit: () => Promise.resolve({ loss: 1 }),
    figures: [{ name: 'loss', better: 'lower', judges: ['pair'] }],
  };
}

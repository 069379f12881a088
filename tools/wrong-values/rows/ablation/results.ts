import type { AblationResult, Effect, writeReport } from '@cantrip/ablation';
import { inEmptyFolder } from '../../in-empty-folder.ts';
import { data, options, type Legal, type Row, type Rows } from '../../row.ts';
import {
  arrayOf,
  flag,
  integer,
  name,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  type OptionRules,
  type Rule,
  text,
} from '../../rules.ts';

const count = integer({ min: 0 });
/** NaN stands for what could not be computed. */
const anyNumber: Rule = (value) => typeof value === 'number';
const word: Rule = (value) => typeof value === 'string' && /^[\w-]+$/.test(value);
const path = name;

const effectRules = (at: string): OptionRules => ({
  [`${at}name`]: name,
  [`${at}kind`]: nothing,
  [`${at}figure`]: name,
  [`${at}with`]: optional(anyNumber),
  [`${at}without`]: optional(anyNumber),
  [`${at}difference`]: nothing,
  [`${at}difference.mean`]: anyNumber,
  [`${at}difference.low`]: anyNumber,
  [`${at}difference.high`]: anyNumber,
  [`${at}difference.values`]: arrayOf(anyNumber),
  [`${at}better`]: count,
  [`${at}equal`]: count,
  [`${at}worse`]: count,
  [`${at}p`]: anyNumber,
  [`${at}smallestP`]: anyNumber,
  [`${at}missing`]: count,
  [`${at}stepTimeRatio`]: optional(anyNumber),
  [`${at}verdict`]: nothing,
});

const resultLegal: Legal = data({
  experiment: word,
  design: nothing,
  seeds: arrayOf(count),
  confidence: number({ above: 0, below: 1 }),
  figures: nothing,
  'figures.0': nothing,
  'figures.0.name': (value) => name(value) && !(value as string).includes('/'),
  'figures.0.better': nothing,
  'figures.0.percent': optional(flag),
  variants: arrayOf(nothing),
  'variants.0': nothing,
  'variants.0.name': name,
  'variants.0.runs': count,
  'variants.0.diverged': count,
  effects: nothing,
  'effects.0': nothing,
  ...effectRules('effects.0.'),
  chanceOfFalseVerdict: anyNumber,
  machines: arrayOf(nothing),
  'machines.0': nothing,
  'machines.0.device': text,
  'machines.0.threads': count,
  'machines.0.node': text,
  processes: count,
  to: text,
});
const tableOptions = options({ times: optional(flag) }, optionalOptions);
const format: Row = {
  right: () => [0.5, { percent: true }],
  legal: [anyNumber, data({ percent: optional(flag) }, anObject)],
};

/** What is made of a result. */
export const resultRows: Rows = {
  ablationChart: { right: () => [result(), 'loss'], legal: [resultLegal, oneOf(undefined, 'loss')] },
  ablationTable: { right: () => [result(), {}], legal: [resultLegal, tableOptions] },
  formatDifference: format,
  formatFigure: format,
  verdictInWords: { right: () => [effect()], legal: [data(effectRules(''))] },
  writeReport: {
    right: () => ['report', result(), {}],
    // What a result may hold is tried with the table.
    legal: [path, nothing, tableOptions],
    call: (write, args) =>
      inEmptyFolder(() =>
        (write as unknown as typeof writeReport)(...(args as Parameters<typeof writeReport>)),
      ),
  },
};

function anObject(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    [null, Object.prototype].includes(Object.getPrototypeOf(value) as null)
  );
}

function effect(): Effect {
  return {
    name: 'trick',
    kind: 'effect',
    figure: 'loss',
    with: 0.4,
    without: 0.5,
    difference: { mean: -0.1, low: -0.2, high: -0.05, values: [-0.1, -0.1, -0.1, -0.1, -0.1] },
    better: 5,
    equal: 0,
    worse: 0,
    p: 0.0625,
    smallestP: 0.0625,
    correctedP: 0.0625,
    missing: 0,
    stepTimeRatio: 1,
    verdict: 'helps',
  };
}

function result(): AblationResult {
  return {
    experiment: 'made-up',
    design: 'add-one',
    seeds: [1, 2, 3, 4, 5],
    parameters: {},
    confidence: 0.95,
    figures: [{ name: 'loss', better: 'lower' }],
    variants: [
      {
        name: 'none',
        tricks: [],
        runs: 5,
        diverged: 0,
        figures: {},
        seconds: 1,
        cpuSeconds: 1,
        stepMilliseconds: 1,
      },
    ],
    effects: [effect()],
    chanceOfFalseVerdict: 0.05,
    machines: [{ device: 'cpu', version: '4.22.0', threads: 1, hardware: 'a processor', node: 'v20.19.0' }],
    processes: 1,
    from: '2026-11-28T00:00:00.000Z',
    to: '2026-11-28T00:01:00.000Z',
  };
}

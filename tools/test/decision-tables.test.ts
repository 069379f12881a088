import { describe, expect, it } from 'vitest';
import type {
  LossCheckResults,
  Measurement,
  ReplayResults,
  StepCheckResults,
  StepThreadsResults,
  UpdateResults,
} from '../benchmarks/measuring/result-files.ts';
import type { Spread } from '../benchmarks/measuring/spread.ts';
import { decisionTables } from '../generate/decision-tables.ts';
import { generatedFiles } from '../generate/generated-files.ts';
import { workspaceOf } from '../workspace/workspace.ts';

const measurement: Measurement = { date: '2030-01-01', machine: { hardware: 'a processor', cores: 2 } };
const around = (median: number): Spread => ({ low: median - 0.1, median, high: median + 0.1 });
const results: Record<string, object> = {
  replay: {
    ...measurement,
    functionOverSession: { mlp: { ...around(0.9), pairs: 45 } },
  } satisfies ReplayResults,
  'update-rules': {
    ...measurement,
    what: 'ratios',
    cases: {
      mlp: {
        parameters: 4,
        elements: 203_530,
        momentum: { oursMilliseconds: 1, flat: around(1.2), resource: around(0.8) },
        adam: { oursMilliseconds: 2, flat: around(1.1), resource: around(0.5) },
      },
    },
  } satisfies UpdateResults,
  'loss-checks': {
    ...measurement,
    what: 'ratios',
    cases: { mlp: { 10: around(0.97), 100: around(0.95) } },
  } satisfies LossCheckResults,
  'step-threads': {
    ...measurement,
    what: 'ratios',
    cases: [{ title: 'MLP 784-256-10', batch: 128, typical: 50e6, oneOverAll: around(0.9) }],
  } satisfies StepThreadsResults,
  'step-checks': {
    ...measurement,
    what: 'ratios',
    cases: {
      mlp: {
        wholeOverReplay: around(1.5),
        wholeMilliseconds: around(0.6),
        replayMilliseconds: around(0.4),
        shareOfChecks: { one: 0.02, other: 0.05 },
      },
    },
  } satisfies StepCheckResults,
};
const withFiles = (files: Record<string, string>): ReturnType<typeof workspaceOf> =>
  workspaceOf(new Map(Object.entries(files)));
const measured = Object.fromEntries(
  Object.entries(results).map(([name, value]) => [
    `tools/benchmarks/results/${name}.json`,
    JSON.stringify(value),
  ]),
);

describe('the tables of a decision', () => {
  it.each([
    ['replay', '0.900 [0.800, 1.00] |', 'npm run bench:replay'],
    [
      'updates',
      '4 | 1.20 [1.10, 1.30] | 0.800 [0.700, 0.900] | 1.10 [1.00, 1.20] | 0.500 [0.400, 0.600] |',
      'npm run bench:update',
    ],
    ['loss-checks', '0.970 [0.870, 1.07] | 0.950 [0.850, 1.05] |', 'npm run bench:loss'],
  ])('%s hold the measured ratios, and by which command', (name, ratios, command) => {
    const text = decisionTables(withFiles(measured))[name]!.replace(/ +\|/g, ' |');
    expect(text).toContain(`| MLP 784-256-10, batch 128 | ${ratios}`);
    expect(text).toContain(`\`${command}\`; 2 cores of a processor, 2030-01-01.`);
  });

  it('hold what the checks of a step take', () => {
    const text = decisionTables(withFiles(measured))['step-checks']!.replace(/ +\|/g, ' |');
    expect(text).toContain('| mlp | 0.600 [0.500, 0.700] | 0.400 [0.300, 0.500] | 1.50 [1.40, 1.60] | 7 % |');
  });

  it('hold the better number of threads for each size of a product', () => {
    const text = decisionTables(withFiles(measured))['step-threads']!.replace(/ +\|/g, ' |');
    expect(text).toContain('| MLP 784-256-10 | 128 | 50 | 0.900 [0.800, 1.00] |');
  });

  it('say what to run where there are no results', () => {
    expect(Object.values(decisionTables(withFiles({})))).toEqual([
      'There are no results yet: `npm run bench:replay`.\n',
      'There are no results yet: `npm run bench:update`.\n',
      'There are no results yet: `npm run bench:checks`.\n',
      'There are no results yet: `npm run bench:threads`.\n',
      'There are no results yet: `npm run bench:loss`.\n',
    ]);
  });

  it.each(['docs/decisions/0004.md', 'packages/trainer/README.md'])('are put into %s', (file) => {
    const page = '# 0004\n\n<!-- generated: replay -->\n\n<!-- end of generated text -->\n';
    const made = generatedFiles(withFiles({ ...measured, [file]: page }));
    expect(made.get(file)).toMatch(/^# 0004\n\n<!-- generated: replay -->\n\n\| a step of/);
  });
});

import { describe, expect, it } from 'vitest';
import { ablationOnCard } from '../generate/ablation-on-card.ts';
import { ablationTables } from '../generate/ablation-tables.ts';
import { bfloat16Table } from '../generate/bfloat16-table.ts';
import { costOnCard } from '../generate/cost-on-card.ts';
import { fillMarkers } from '../markdown/fill-markers.ts';
import { freezeBnCost } from '../generate/freeze-bn-cost.ts';
import { wasmTable } from '../generate/wasm-table.ts';
import { type Workspace, workspaceOf } from '../workspace/workspace.ts';

const workspace = (files: Readonly<Record<string, object>>): Workspace =>
  workspaceOf(new Map(Object.entries(files).map(([path, content]) => [path, JSON.stringify(content)])));

describe('markers', () => {
  const end = '<!-- end of generated text -->';

  it('hold blocks between lines of their own', () => {
    const text = `<!-- generated: a -->\nold\n${end}\n`;
    expect(fillMarkers(text, { a: 'new\n' })).toBe(`<!-- generated: a -->\n\nnew\n\n${end}\n`);
  });

  it('hold a sentence within a line', () => {
    const text = `It takes <!-- generated: a -->old${end} and more.`;
    expect(fillMarkers(text, { a: 'new.' })).toBe(`It takes <!-- generated: a -->new.${end} and more.`);
  });

  it('hold blocks between the ends of two lines', () => {
    const text = `Measured: <!-- generated: a -->\n\nold\n\nold ${end}\n`;
    const filled = `Measured: <!-- generated: a -->\n\nnew\n\nimage ${end}\n`;
    expect(fillMarkers(text, { a: 'new\n\nimage\n' })).toBe(filled);
    expect(fillMarkers(filled, { a: 'new\n\nimage\n' })).toBe(filled);
  });

  it('keep what nobody generates', () => {
    const text = `<!-- generated: b -->\nold\n${end}\n`;
    expect(fillMarkers(text, { a: 'new' })).toBe(text);
    expect(fillMarkers('none', { a: 'new' })).toBeUndefined();
  });
});

describe('the cost on a card', () => {
  const ratio = (median: number): object => ({ median, low: median - 0.1, high: median + 0.1 });
  const costs = {
    date: '2026-11-25',
    machine: { hardware: 'CPU', cores: 2 },
    tensorflow: {
      capture: true,
      networks: {
        'a small network': {
          ratios: {
            none: ratio(1),
            'none, again': ratio(1.01),
            seed: ratio(1.5),
            'cudnn-tuner, off': ratio(0.9),
            'cudnn-tuner, on': ratio(2),
          },
        },
        'ResNet-8': { ratios: { none: ratio(1), 'none, again': ratio(1.03), blurpool: ratio(1.2) } },
      },
    },
    wasm: {
      capture: false,
      networks: {
        'a small network': { ratios: { none: ratio(1), 'none, again': ratio(0.99), seed: ratio(1.25) } },
      },
    },
  };
  const measured = workspace({ 'tools/benchmarks/results/trick-costs.json': costs });

  it('tells devices, noise, and how it was measured', () => {
    expect(costOnCard(measured, 'seed')).toBe(
      '1.50 [1.40, 1.60] on TensorFlow, 1.25 [1.15, 1.35] on wasm. Noise, the same step timed twice: ' +
        '1.01 [0.91, 1.11] on TensorFlow, 0.99 [0.89, 1.09] on wasm ' +
        '([trick-costs.json](../../tools/benchmarks/results/trick-costs.json): median and quartiles, ' +
        'a small network at batch 64, ' +
        'captured on TensorFlow and op by op on wasm, 2 cores of CPU, 2026-11-25).',
    );
  });

  it('tells each option of a trick', () => {
    expect(costOnCard(measured, 'cudnn-tuner')).toMatch(
      /^off 0\.90 \[0\.80, 1\.00\] on TensorFlow; on 2\.00 \[1\.90, 2\.10\] on TensorFlow\. Noise/,
    );
  });

  it('takes the noise of the network that the trick was timed on', () => {
    expect(costOnCard(measured, 'blurpool')).toMatch(
      /^1\.20 \[1\.10, 1\.30\] on TensorFlow\. Noise, .*: 1\.03 \[0\.93, 1\.13\] on TensorFlow .* ResNet-8 at batch 64/,
    );
  });

  it('says so where nothing was measured', () => {
    expect(costOnCard(measured, 'freeze-bn')).toBe('not measured yet.');
    expect(costOnCard(workspace({}), 'seed')).toBe('not measured yet.');
  });
});

describe('the cost of frozen layers', () => {
  const ratios = { unfrozen: 1, frozen: 0.9, 'frozen, affine trained': 1.02 };
  const times = {
    date: '2026-11-25',
    machine: { hardware: 'CPU', cores: 2 },
    cases: [
      { device: 'tensorflow', capture: true, ratios },
      { device: 'wasm', capture: false, ratios: { unfrozen: 1, frozen: 0.8 } },
    ],
  };
  const memory = { date: '2026-11-26', captured: { frozen: { ratio: 0.641 } }, eager: {} };

  it('is a table of times and memory, with an empty cell where something was not measured', () => {
    const text = freezeBnCost(
      workspace({
        'tools/benchmarks/results/freeze-bn-times.json': times,
        'tools/benchmarks/results/freeze-bn-memory.json': memory,
      }),
    );
    const cells = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells[0]!.slice(2, -1)).toEqual([
      'time, tensorflow captured',
      'time, wasm',
      'memory, captured',
      'memory',
    ]);
    expect(cells[2]!.slice(1, -1)).toEqual(['frozen', '0.90', '0.80', '0.64', '']);
    expect(cells[3]!.slice(1, -1)).toEqual(['frozen, affine trained', '1.02', '', '', '']);
    expect(text).toContain('2 cores of CPU, 2026-11-25 and 2026-11-26');
  });

  it('says so where nothing was measured', () => {
    expect(freezeBnCost(workspace({}))).toBe('Not measured yet.');
  });
});

const difference = { mean: -0.01, low: -0.02, high: -0.005, values: [-0.02, -0.01, -0.01, -0.005, -0.005] };
const effect = {
  name: 'seed',
  kind: 'effect',
  figure: 'accuracy_gap',
  with: 0,
  without: 0.01,
  difference,
  better: 5,
  equal: 0,
  worse: 0,
  p: 0.0625,
  smallestP: 0.0625,
  missing: 0,
  stepTimeRatio: 1.25,
  verdict: 'helps',
};
const result = {
  experiment: 'repeats',
  design: 'add-one',
  seeds: [1, 2, 3, 4, 5],
  confidence: 0.95,
  figures: [{ name: 'accuracy_gap', better: 'lower', percent: true }],
  variants: [],
  effects: [effect],
  chanceOfFalseVerdict: 0.05,
  machines: [],
  processes: 2,
  to: '2026-11-25T12:00:00Z',
};
const card = {
  rows: [
    {
      words: 'difference of accuracies',
      experiment: 'ablation/results/repeats',
      trick: 'seed',
      figure: 'accuracy_gap',
    },
  ],
  charts: [['Two trainings', 'ablation/results/repeats.accuracy_gap.svg']],
};
const ablated = workspace({
  'packages/seed/test/card.json': card,
  'docs/examples/ablation/results/repeats.json': result,
  'docs/examples/mnist/results/wasm.json': { accuracy: 0.9 },
});

describe('the tables of wasm and bfloat16', () => {
  const machine = { hardware: 'CPU', cores: 2, system: 'Linux x64' };
  const spread = (median: number): object => ({ median, low: median - 0.1, high: median + 0.1 });
  const cellsOf = (text: string): string[] =>
    text
      .split('\n')[2]!
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());

  it('hold ratios to TensorFlow.js', () => {
    const results = {
      date: '2026-11-30',
      machine,
      threads: 2,
      rounds: 5,
      cases: {
        mlp: { title: 'MLP', ratio: spread(0.5), overOneThread: spread(0.7), overNoSimd: spread(0.2) },
      },
    };
    const text = wasmTable(workspace({ 'tools/benchmarks/results/wasm-cases.json': results }));
    expect(cellsOf(text)).toEqual([
      'MLP',
      '0.500 [0.400, 0.600]',
      '0.700 [0.600, 0.800]',
      '0.200 [0.100, 0.300]',
    ]);
    expect(text).toContain('5 rounds; 2 threads of CPU, 2026-11-30');
  });

  it('hold ratios to float32 and to PyTorch', () => {
    const contenders = [
      { name: 'cantrip' },
      { name: 'cantrip-bfloat16', timesCantrip: spread(0.6) },
      { name: 'torch', timesCantrip: spread(1.5) },
      { name: 'torch-bfloat16', timesCantrip: spread(1.2) },
    ];
    const results = {
      date: '2026-11-30',
      machine,
      threads: 2,
      rounds: 7,
      cases: [{ title: 'MLP', contenders }],
    };
    const text = bfloat16Table(workspace({ 'tools/benchmarks/results/bfloat16.json': results }));
    expect(cellsOf(text)).toEqual(['MLP', '0.60', '0.80', '0.50']);
    expect(text).toContain('7 rounds; 2 threads of CPU, Linux x64, 2026-11-30');
  });

  it('say so where nothing was measured', () => {
    expect(wasmTable(workspace({}))).toBe('Not measured yet.\n');
    expect(bfloat16Table(workspace({}))).toBe('Not measured yet.\n');
  });
});

describe('the ablations on a card', () => {
  it('are rows with interval and verdict, and charts', () => {
    const lines = ablationOnCard(ablated, 'seed').split('\n');
    const cells = lines.map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells[2]!.slice(2, -1)).toEqual(['0.00 %', '1.00 %', '-1.00 [-2.00, -0.50]', 'helps']);
    expect(lines.at(-2)).toMatch(/^!\[.*\]\(\.\.\/\.\.\/docs\/examples\/ablation\/results\/.*\.svg\)$/);
  });

  it('say where a result is missing, rather than nothing', () => {
    expect(ablationOnCard(workspace({ 'packages/seed/test/card.json': card }), 'seed')).toContain(
      'no result yet',
    );
  });

  it('are nothing for a package without any', () => {
    expect(ablationOnCard(ablated, 'data')).toBe('');
  });
});

describe('the tables of pages', () => {
  it('are those of every committed ablation, without step times', () => {
    const tables = ablationTables(ablated);
    expect(Object.keys(tables)).toEqual(['ablation-repeats']);
    expect(tables['ablation-repeats']).toContain('| -1.00 [-2.00, -0.50] |');
    expect(tables['ablation-repeats']).not.toContain('1.25');
  });

  it('are named after the folders of results', () => {
    const files = { 'docs/examples/fine-tuning/results/rate-0.02/digits.json': result };
    expect(Object.keys(ablationTables(workspace(files)))).toEqual(['ablation-rate-0.02-digits']);
  });
});

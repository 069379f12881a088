import { readFileSync } from 'node:fs';
import {
  ablationChart,
  type AblationResult,
  ablationTable,
  defineAblation,
  type RunRecord,
  writeReport,
} from '@cantrip/ablation';
import { describe, expect, it } from 'vitest';
import { analyse } from '../src/analysis/analyse.ts';
import { runKey } from '../src/run/run-record.ts';
import { recordOf } from './fixtures/records.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const gains = [0.01, 0.012, 0.008, 0.011, 0.009];
const noise = [0.002, -0.003, 0.001, -0.001, 0.0005];

/** Five seeds of leave-one-out: one trick helps accuracy and costs time, one does nothing, one is not to be seen. */
function resultOf(
  change: (run: RunRecord) => RunRecord = (run) => run,
  lossJudges?: readonly string[],
): AblationResult {
  const tricks = ['gain & <go>', 'idle', 'noise'];
  const variants = [tricks, ...tricks.map((trick) => tricks.filter((other) => other !== trick))];
  const runs = gains.flatMap((gain, index) =>
    variants.map((on) => {
      const has = (trick: number): boolean => on.includes(tricks[trick]!);
      const accuracy = 0.9 + index / 1000 + (has(0) ? gain : 0) + (has(2) ? noise[index]! : 0);
      const stepMilliseconds = has(0) ? 25 : 20;
      const figures = { accuracy, loss: 1 - accuracy };
      return change(recordOf({ tricks: on, seed: index + 1, figures, stepMilliseconds }));
    }),
  );
  return analyse({
    experiment: {
      name: 'made-up',
      parameters: {},
      tricks: tricks.map((name) => ({ name, with: { name } })),
      figures: [
        { name: 'accuracy', better: 'higher', percent: true },
        { name: 'loss', better: 'lower', ...(lossJudges && { judges: lossJudges }) },
      ],
    },
    design: 'leave-one-out',
    seeds: [1, 2, 3, 4, 5],
    confidence: 0.95,
    processes: 2,
    records: new Map(runs.map((run) => [runKey(run), run])),
  });
}

describe('an analysis', () => {
  it('gives the same verdict whether a figure is better high or low', () => {
    const verdicts = resultOf().effects.map(({ figure, verdict }) => [figure, verdict]);
    expect(verdicts).toEqual([
      ['accuracy', 'helps'],
      ['accuracy', 'changes nothing'],
      ['accuracy', 'no effect seen'],
      ['loss', 'helps'],
      ['loss', 'changes nothing'],
      ['loss', 'no effect seen'],
    ]);
  });

  it('does not say that a trick changes nothing where one figure is equal and another is not', () => {
    const rounded = resultOf((run) => ({ ...run, figures: { ...run.figures, accuracy: 0.9 } }));
    expect(rounded.effects.map(({ verdict }) => verdict)).toEqual([
      'no effect seen',
      'changes nothing',
      'no effect seen',
      'helps',
      'changes nothing',
      'no effect seen',
    ]);
  });

  it('does not say that a trick changes nothing where all runs diverged', () => {
    const diverged = resultOf((run) => ({ ...run, diverged: true, figures: {} }));
    for (const { verdict } of diverged.effects) expect(verdict).toBe('too few seeds to tell');
  });

  it('gives the cost in time as a ratio of step times', () => {
    const [gain, idle] = resultOf().effects;
    expect(gain!.stepTimeRatio).toBeCloseTo(1.25, 12);
    expect(idle!.stepTimeRatio).toBeCloseTo(1, 12);
  });

  it('leaves the cost out where no step was timed', () => {
    const { effects } = resultOf((run) => ({ ...run, stepMilliseconds: 0 }));
    expect(effects.every(({ stepTimeRatio }) => stepTimeRatio === undefined)).toBe(true);
  });

  it('corrects p for the comparisons of a figure, and tells how likely a false verdict is', () => {
    const { effects, chanceOfFalseVerdict } = resultOf();
    expect([effects[0]!.p, effects[0]!.smallestP, effects[0]!.correctedP]).toEqual([0.0625, 0.0625, 0.1875]);
    expect(chanceOfFalseVerdict).toBeCloseTo(1 - 0.95 ** 3, 12);
  });
});

describe('a figure that judges some tricks only', () => {
  const result = resultOf(undefined, ['idle']);

  it('is compared for these alone, and p corrected for these', () => {
    const judged = result.effects.map(({ figure, name, correctedP }) => [figure, name, correctedP]);
    expect(judged).toEqual([
      ['accuracy', 'gain & <go>', 0.1875],
      ['accuracy', 'idle', 1],
      ['accuracy', 'noise', 1],
      ['loss', 'idle', 1],
    ]);
  });

  it('does not make less of the chance of a false verdict on another figure', () => {
    expect(result.chanceOfFalseVerdict).toBeCloseTo(1 - 0.95 ** 3, 12);
    expect(ablationTable(result)).toContain('3 comparisons of the figure with the most');
  });

  it('must judge tricks that there are', () => {
    const define = (judges: readonly string[]): unknown =>
      defineAblation({
        name: 'judged',
        plugins: [{ name: 'idle' }],
        trainer: () => ({ dispose: () => undefined }),
        fit: () => Promise.resolve({}),
        figures: [{ name: 'loss', better: 'lower', judges }],
      });
    expect(() => define(['idle', 'idel'])).toThrow(
      'judges of figure loss must name tricks, got idel. Use one of the tricks: idle. (OPTION_INVALID)',
    );
    expect(() => define([])).toThrow('must hold at least one trick');
    expect(() => define(['idle'])).not.toThrow();
  });
});

describe('ablationTable', () => {
  it('has a row for each trick and figure, with figure, interval, cost and verdict', () => {
    const lines = ablationTable(resultOf()).split('\n');
    const rows = lines
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(rows).toHaveLength(2 * (2 + 3));
    expect(rows[2]!.slice(1, -1)).toEqual([
      'gain & <go>',
      '91.19 %',
      '90.19 %',
      '+1.00 [+0.82, +1.18]',
      '5 of 5',
      '0.063',
      '1.25 x',
      'helps',
    ]);
    expect(rows[3]!.at(-2)).toBe('changes nothing: all figures equal to the bit in 5 of 5');
    expect(rows[4]!.at(-2)).toBe('no effect seen at n = 5');
  });

  it('can leave out step times, which mean little on a busy machine', () => {
    const text = ablationTable(resultOf(), { times: false });
    expect(text).not.toContain('step time');
    expect(text).not.toContain('1.25 x');
    expect(
      text
        .split('\n')
        .find((line) => line.startsWith('| gain'))!
        .split('|'),
    ).toHaveLength(7 + 2);
  });

  it('says what it is worth: seeds, smallest p, number of comparisons, machine', () => {
    const text = ablationTable(resultOf());
    expect(text).toContain('0.063 is the smallest p that n = 5 can give');
    expect(text).toContain('3 comparisons: if no trick had an effect');
    expect(text).toContain('would be 14 %');
    expect(text).toContain(
      'tensorflow (TensorFlow 2.21.0), 1 thread each of CPU, Node 20.20.0; 2 runs at a time',
    );
    expect(text).not.toContain('Diverged');
  });

  it('names the variants that diverged and warns of unlike machines', () => {
    const text = ablationTable(
      resultOf((run) => ({
        ...run,
        diverged: run.seed === 2 && run.tricks.length === 3,
        machine: { ...run.machine, hardware: `CPU ${run.seed % 2}` },
      })),
    );
    expect(text).toContain('- Diverged: all in 1 of 5 runs.');
    expect(text).toContain('too few seeds to tell (n = 4); 1 diverged');
    expect(text).toContain('Times of different machines cannot be compared.');
  });
});

describe('ablationChart', () => {
  it('is well-formed, with a row for each trick of the figure', () => {
    const svg = ablationChart(resultOf());
    expect(svg).toContain('gain &#38; &#60;go&#62;');
    expect(svg.match(/<circle[^>]*r="5"/g)).toHaveLength(3);
    expect(svg.match(/<circle[^>]*r="2"/g)).toHaveLength(15);
    expect(svg).not.toContain('NaN');
    const opened = svg.match(/<(svg|text|title)\b/g)!.length;
    expect(svg.match(/<\/(svg|text|title)>/g)).toHaveLength(opened);
  });

  it('puts the line of no effect where a difference of 0 lies', () => {
    const svg = ablationChart(resultOf());
    const zero = /x1="([\d.]+)"[^>]*stroke-dasharray/.exec(svg)![1];
    expect(svg).toContain(`<circle cx="${zero}" `);
  });

  it('can show another figure, and effects of which no pair is left', () => {
    expect(ablationChart(resultOf(), 'loss')).toContain('change in loss, lower is better');
    expect(ablationChart(resultOf((run) => ({ ...run, diverged: true })))).toContain('no pairs');
  });
});

describe('writeReport', () => {
  it('writes JSON, Markdown and a chart for each figure', () => {
    const folder = temporaryFolder();
    const result = resultOf();
    const names = writeReport(folder, result).map((path) => path.slice(folder.length + 1));
    expect(names).toEqual(['made-up.json', 'made-up.md', 'made-up.accuracy.svg', 'made-up.loss.svg']);
    expect(JSON.parse(readFileSync(`${folder}/made-up.json`, 'utf8'))).toEqual(result);
  });
});

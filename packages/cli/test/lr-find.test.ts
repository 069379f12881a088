import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { data, imports, parametrized, project, trainerOf } from './project.ts';

interface Found {
  readonly points: readonly { readonly learningRate: number }[];
  readonly suggestions: Readonly<Record<string, number>>;
}

describe('cantrip lr-find', () => {
  it('draws the loss and suggests rates, in the terminal, as SVG and as JSON', async () => {
    const { folder, cantrip } = project({ 'train.ts': parametrized });
    const [text, json] = await Promise.all([
      cantrip('lr-find', 'train.ts', '--svg', 'charts/sweep.svg'),
      cantrip('lr-find', 'train.ts', '--start', '1e-4', '--end', '1', '--steps', '20', '--json'),
    ]);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/┤[^]*1e-7 +\d[^]*Suggested learning rates:\n {2}valley +[\d.e-]+\n/);
    expect(readFileSync(join(folder, 'charts/sweep.svg'), 'utf8')).toMatch(/^<svg [^]*<\/svg>/);
    const found = JSON.parse(json.out) as Found;
    expect(Object.keys(found.suggestions)).toEqual(['valley', 'slide', 'minimum', 'steepest']);
    expect(found.points[0]!.learningRate).toBeCloseTo(1e-4, 6);
  });

  it('works with a schedule of the config, and saves nothing where plugins of the config write files, and is not stopped early', async () => {
    const plugins =
      "checkpoint({ folder: 'runs', every: 1 }), tensorBoard({ folder: 'runs' }), earlyStopping({ monitor: 'loss', patience: 1, every: 1 }), [lrSchedule(cosine({ value: 0.1, steps: '100%' }))]";
    const head =
      "import { checkpoint } from '@cantrip/checkpoint';\nimport { cosine, lrSchedule } from '@cantrip/lr-schedules';\nimport { earlyStopping } from '@cantrip/early-stopping';\nimport { tensorBoard } from '@cantrip/tensorboard';\n";
    const config = `${head}${imports}export default () => ({ trainer: ${trainerOf('sgd()', plugins)}, data: ${data}, fit: { epochs: 3 } });`;
    const { folder, cantrip } = project({ 'train.ts': config });
    const { code, out } = await cantrip('lr-find', 'train.ts', '--end', '0.01', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(out) as Found).points).toHaveLength(100);
    expect(existsSync(join(folder, 'runs')) ? readdirSync(join(folder, 'runs')) : []).toEqual([]);
  });

  it('on Ctrl-C ends with exit code 130 and prints no suggestion, because a part of a sweep suggests a wrong rate', async () => {
    const slow =
      "{ name: 'slow', async onStepEnd() { console.error('begun'); await new Promise((r) => setTimeout(r, 50)); } }";
    const config = `${imports}export default { trainer: ${trainerOf('sgd()', slow)}, data: ${data}, fit: { epochs: 3 } };`;
    const { when } = project({ 'train.ts': config });
    const args = ['lr-find', 'train.ts', '--json'];
    const { code, out, err } = await when('begun', (child) => child.kill('SIGINT'), args);
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['--start', '0', "argument '0' is invalid. It must be a number above 0."],
    ['--steps', '1.5', "argument '1.5' is invalid. It must be a whole number of at least 1."],
    ['--steps', '5', '[findLearningRate] steps must be >= 10, got 5.'],
    ['--start', '100', '[findLearningRate] endValue must be above startValue'],
  ])('refuses %s %s in one sentence', async (option, value, sentence) => {
    const { code, out, err } = await project({ 'train.ts': parametrized }).cantrip(
      'lr-find',
      'train.ts',
      option,
      value,
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

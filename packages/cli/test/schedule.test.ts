import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { data, imports, parametrized, project, trainerOf } from './project.ts';

const schedules = `
import { cosine, linear, warmup } from '@cantrip/lr-schedules';
export const inSteps = linear({ initialValue: 0, endValue: 1, steps: 4 });
export const inEpochs = warmup(cosine({ value: 0.1, steps: '100%' }), { steps: '1ep', convention: 'inside' });
export const model = (): number => 1;
`;

const plugins =
  "lrSchedule(cosine({ value: 0.1, steps: '100%' })), [false, hyperparameterSchedule({ momentum: linear({ initialValue: 0.8, endValue: 0.9, steps: '100%' }) })]";
const config = `
import { cosine, hyperparameterSchedule, linear, lrSchedule } from '@cantrip/lr-schedules';
import { accumulateGradients, scheduled } from '@cantrip/optimizers';
${imports}
export default defineConfig({
  params: { epochs: 2, group: 1 },
  run: (params) => ({
    trainer: ${trainerOf("params.group > 1 ? accumulateGradients(sgd({ momentum: scheduled('momentum') }), { steps: params.group }) : sgd({ momentum: scheduled('momentum') })", plugins)},
    data: () => (${data}),
    fit: { epochs: params.epochs },
  }),
});
`;

describe('cantrip schedule', () => {
  it('draws the schedules of the plugins of a config, with the lengths of its data and epochs', async () => {
    const { cantrip } = project({ 'train.ts': config });
    const [usual, longer, grouped, one] = await Promise.all([
      cantrip('schedule', 'train.ts', '--json'),
      cantrip('schedule', 'train.ts', '--json', '--set', 'epochs=4'),
      cantrip('schedule', 'train.ts', '--json', '--set', 'group=2'),
      cantrip('schedule', 'train.ts', '--name', 'momentum'),
    ]);
    const { learningRate, momentum } = JSON.parse(usual.out) as Record<string, number[]>;
    // Two batches make an epoch. Half of a cosine is half of its value.
    expect(learningRate).toHaveLength(5);
    expect([learningRate![0], learningRate![4]]).toEqual([0.1, 0]);
    expect(learningRate![2]).toBeCloseTo(0.05, 12);
    expect([momentum![0], momentum![2], momentum![4]]).toEqual([0.8, expect.closeTo(0.85, 12), 0.9]);
    expect((JSON.parse(longer.out) as Record<string, number[]>)['learningRate']).toHaveLength(9);
    expect((JSON.parse(grouped.out) as Record<string, number[]>)['learningRate']).toHaveLength(3);
    expect(one.out).toMatch(/^momentum\n/);
    expect(one.out).not.toContain('learningRate');
  });

  it('does so for what the command trains: the same rates are in the log of a run', async () => {
    const { cantrip } = project({
      'train.ts': config.replace(
        'plugins: [',
        "plugins: [{ name: 'told', onStepEnd: ({ learningRate }) => console.error('rate', learningRate) }, ",
      ),
    });
    const [drawn, trained] = await Promise.all([
      cantrip('schedule', 'train.ts', '--json'),
      cantrip('train', 'train.ts'),
    ]);
    const { learningRate } = JSON.parse(drawn.out) as Record<string, number[]>;
    expect(trained.code, trained.err).toBe(0);
    const used = [...trained.err.matchAll(/^rate (.+)$/gm)].map(([, rate]) => Number(rate));
    expect(used).toEqual(learningRate!.slice(0, -1));
  });

  it('prints the values, draws in the terminal and as SVG', async () => {
    const { folder, cantrip } = project({ 'schedule.ts': schedules });
    const [one, all] = await Promise.all([
      cantrip('schedule', 'schedule.ts', '--name', 'inSteps', '--json'),
      cantrip('schedule', 'schedule.ts', '--steps', '20', '--steps-per-epoch', '5', '--svg', 'all.svg'),
    ]);
    expect(JSON.parse(one.out)).toEqual({ inSteps: [0, 0.25, 0.5, 0.75, 1] });
    expect(all.out).toMatch(/^inEpochs\n[^]*┤[^]*step 0 +step 20\n\ninSteps\n/);
    expect(all.out).not.toContain('model');
    expect(readFileSync(join(folder, 'all.svg'), 'utf8')).toMatch(
      /<title>Schedules: inEpochs, inSteps<\/title>/,
    );
  });

  it.each([
    [['schedule.ts'], 'the length of the schedules is not known in steps. Write --steps 1000'],
    [
      ['schedule.ts', '--name', 'inEpochs', '--steps-per-epoch', '5'],
      'the length of the schedules is not known in steps.',
    ],
    [
      ['schedule.ts', '--name', 'inEpochs', '--steps', '20'],
      'the length of the schedules is not known in steps.',
    ],
    [
      ['schedule.ts', '--name', 'insteps'],
      'schedule.ts exports no schedule insteps. Perhaps you mean inSteps.',
    ],
    [['empty.ts'], 'empty.ts exports no schedule by name. Write export const rate ='],
    [
      ['train.ts', '--name', 'momentun'],
      'no plugin of the config train.ts follows a schedule momentun. Perhaps you mean momentum.',
    ],
    [['train.ts', '--set', 'epoch=3'], 'the config has no parameter epoch. Perhaps you mean epochs.'],
    [
      ['plain.ts'],
      "no plugin of the config plain.ts follows a schedule. Add lrSchedule(cosine({ value: 0.1, steps: '100%' })) to its plugins.",
    ],
    [['schedule.ts', '--steps', '0'], "argument '0' is invalid"],
    [['schedule.ts', '--step', '5'], '(Did you mean --steps?)'],
    [
      ['schedule.ts', '--name', 'inSteps', '--steps', '5', '--svg', 'schedule.ts/a.svg'],
      'schedule.ts/a.svg cannot be written (',
    ],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const { code, out, err } = await project({
      'schedule.ts': schedules,
      'empty.ts': '',
      'train.ts': config,
      'plain.ts': parametrized,
    }).cantrip('schedule', ...args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project } from './project.ts';

const schedules = `
import { cosine, linear, warmup } from '@cantrip/lr-schedules';
export const inSteps = linear({ initialValue: 0, endValue: 1, steps: 4 });
export const inEpochs = warmup(cosine({ value: 0.1, steps: '100%' }), { steps: '1ep', convention: 'inside' });
export const model = (): number => 1;
`;

describe('cantrip schedule', () => {
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
    [['schedule.ts', '--steps', '0'], "argument '0' is invalid"],
    [['schedule.ts', '--step', '5'], '(Did you mean --steps?)'],
    [
      ['schedule.ts', '--name', 'inSteps', '--steps', '5', '--svg', 'schedule.ts/a.svg'],
      'schedule.ts/a.svg cannot be written (',
    ],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const { code, out, err } = await project({ 'schedule.ts': schedules, 'empty.ts': '' }).cantrip(
      'schedule',
      ...args,
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

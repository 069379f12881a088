import { shortNumber } from '@cantrip/plugin-kit';
import type { StepProfile } from '@cantrip/run-log';
import { opChart } from '../charts/op-chart.ts';
import { figure } from '../html/figure.ts';
import { type Html, markup } from '../html/markup.ts';
import type { ShownRun } from '../runs/shown-run.ts';

const mostDrawn = 15;

/** Where the time of a profiled step goes, for each run that has a profile. */
export const profiles = (runs: readonly ShownRun[], idOf: (title: string) => string): Html =>
  markup`<div class="figures">${runs.map(({ name, profile }) => profile && profileFigure(idOf('profile'), name, profile))}</div>`;

function profileFigure(
  id: string,
  run: string,
  { rows: ops, steps, step, capturedStep, device }: StepProfile,
): Html {
  const sorted = [...ops].sort((a, b) => b.milliseconds - a.milliseconds);
  const drawn = sorted.slice(0, mostDrawn);
  const [first] = sorted;
  const where = device === undefined ? '' : ` on ${device}`;
  const captured = capturedStep === undefined ? '' : `, and ${shortNumber(capturedStep)} ms captured`;
  const time = `A step takes ${shortNumber(step)} ms op by op${where}${captured}.`;
  return figure({
    id,
    title: `Time by op of ${run}`,
    description:
      `${time} ${steps} ${steps === 1 ? 'step was' : 'steps were'} measured.` +
      (first
        ? ` The most time goes to ${first.op}: ${shortNumber(first.milliseconds)} ms in ${first.count} runs.`
        : ''),
    svg: first && opChart(id, drawn),
    unseen: 'The profile has no op.',
    notes: [
      time,
      ...(sorted.length > drawn.length
        ? [`${drawn.length} of ${sorted.length} ops are drawn. The table has all.`]
        : []),
    ],
    data: {
      caption: `Ops of a step of ${run}`,
      head: ['op', 'runs in a step', 'milliseconds', 'share'],
      rows: sorted.map(({ op, count, milliseconds, share }) => [
        op,
        String(count),
        shortNumber(milliseconds),
        `${(100 * share).toFixed(1)} %`,
      ]),
    },
  });
}

import type { CaseReport, ContenderReport, Report } from '../benchmarks/step/report.ts';
import type { Workspace } from '../workspace-rules/workspace.ts';
import { markdownTable } from './markdown-table.ts';

const families = { torch: 'PyTorch', keras: 'Keras', jax: 'JAX', tfjs: 'TensorFlow.js' } as const;

/** How many times as long as Cantrip others take for a training step, from the benchmark's committed results. */
export function speedTable({ files }: Workspace): string {
  const text = files.get('tools/benchmarks/results/step.json');
  if (text === undefined) return 'There are no results yet.\n';
  const { date, machine, threads, cases } = JSON.parse(text) as Report;
  const table = markdownTable(
    ['a training step of', 'Cantrip', ...Object.values(families)],
    cases.map((one) => [one.title, '1', ...Object.keys(families).map((family) => cell(one, family))]),
  );
  const where = `${threads} threads of ${machine.hardware}, ${machine.system}, ${date}`;
  return `${table}\nTimes as long, median of rounds in turns, each in its fastest way; ${where}.\n`;
}

function cell(one: CaseReport, family: string): string {
  const best = (wanted: string): ContenderReport | undefined =>
    one.contenders
      .filter((contender) => contender.family === wanted)
      .sort((a, b) => a.stepMilliseconds.median - b.stepMilliseconds.median)[0];
  const [ours, theirs] = [best('cantrip'), best(family)];
  if (!ours || !theirs) return '';
  if (ours.name === 'cantrip' && theirs.timesCantrip) return theirs.timesCantrip.median.toFixed(2);
  return (theirs.stepMilliseconds.median / ours.stepMilliseconds.median).toFixed(2);
}

import type { CaseReport, Report } from '../benchmarks/step/page/report.ts';
import { fastest } from '../benchmarks/step/page/targets.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { markdownTable } from '../markdown/markdown-table.ts';

const families = { torch: 'PyTorch', keras: 'Keras', jax: 'JAX', tfjs: 'TensorFlow.js' } as const;
const names = Object.keys(families) as (keyof typeof families)[];

/** How many times as long as Cantrip others take for a training step, from the benchmark's committed results. */
export function speedTable({ files }: Workspace): string {
  const text = files.get('tools/benchmarks/results/step.json');
  if (text === undefined) return 'There are no results yet.\n';
  const { date, machine, threads, cases } = JSON.parse(text) as Report;
  const table = markdownTable(
    ['a training step of', 'Cantrip', ...Object.values(families)],
    cases.map((one) => [one.title, '1', ...names.map((family) => cell(one, family))]),
  );
  const where = `${threads} threads of ${machine.hardware}, ${machine.system}, ${date}`;
  return `${table}\nCantrip's time is 1. Each figure is the median of rounds, Cantrip with its default options and the others in their fastest mode; ${where}.\n`;
}

/** The step time of a family's fastest way over that of Cantrip by default, taken round by round. */
function cell(one: CaseReport, family: keyof typeof families): string {
  const ratio = fastest(one, family)?.cantripRatio;
  return ratio === undefined ? '' : (1 / ratio.median).toFixed(2);
}

import type { CaseReport, Report } from '../benchmarks/step/page/report.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { markdownTable } from '../markdown/markdown-table.ts';

const file = 'tools/benchmarks/results/bfloat16.json';

/** The time of a step in bfloat16 over that of one in float32, of Cantrip and of PyTorch. */
export function bfloat16Table({ files }: Workspace): string {
  const text = files.get(file);
  if (text === undefined) return 'Not measured yet.\n';
  const { date, machine, threads, rounds, cases } = JSON.parse(text) as Report;
  const table = markdownTable(
    [
      'a training step of',
      'Cantrip, bfloat16 over float32',
      'PyTorch, autocast over its float32',
      'Cantrip over PyTorch, both in bfloat16',
    ],
    cases.map((one) => {
      const [ours, torch, theirs] = [
        time(one, 'cantrip-bfloat16'),
        time(one, 'torch'),
        time(one, 'torch-bfloat16'),
      ];
      return [one.title, ...[ours, theirs / torch, ours / theirs].map((ratio) => ratio.toFixed(2))];
    }),
  );
  const where = `${threads} threads of ${machine.hardware}, ${machine.system}, ${date}`;
  return `${table}\nMedians of ${rounds} rounds; ${where}: [bfloat16.json](../${file}).\n`;
}

/** Of a contender, over the step of Cantrip in float32. */
function time({ contenders }: CaseReport, name: string): number {
  return contenders.find((one) => one.name === name)?.timesCantrip?.median ?? Number.NaN;
}

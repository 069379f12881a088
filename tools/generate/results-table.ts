import { markdownTable } from '../markdown/markdown-table.ts';
import type { Workspace } from '../workspace/workspace.ts';

import type { Report } from '../../docs/examples/mnist/report.ts';

/** The committed results of the main job as a Markdown table: every figure with its machine, date and versions. */
export function resultsTable({ files }: Workspace): string {
  const results = [...files]
    .filter(([path]) => /^docs\/examples\/mnist\/results\/.*\.json$/.test(path))
    .map(([, text]) => JSON.parse(text) as Report)
    .sort((a, b) => a.seconds - b.seconds);
  return markdownTable(
    ['device', 'test accuracy', 'images a second', 'wall time', 'where and when'],
    results.map(rowOf),
  );
}

function rowOf({ device, machine, accuracy, imagesPerSecond, seconds }: Report): string[] {
  return [
    `${device} (${machine.version})`,
    `${(100 * accuracy).toFixed(2)} %`,
    Math.round(imagesPerSecond).toLocaleString('en'),
    `${Math.round(seconds)} s`,
    `${machine.threads} threads of ${machine.hardware}, Node ${machine.node.slice(1)}, ${machine.date}`,
  ];
}

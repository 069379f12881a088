import { markdownTable } from './markdown-table.ts';
import type { Workspace } from '../workspace-rules/workspace.ts';

/** What the example writes with --json, as far as the table shows it. */
interface Result {
  readonly device: {
    readonly name: string;
    readonly version: string;
    readonly threads: number;
    readonly hardware: string;
  };
  readonly date: string;
  readonly node: string;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  readonly seconds: number;
}

/** The committed results of the main job as a Markdown table: every figure with its machine, date and versions. */
export function resultsTable({ files }: Workspace): string {
  const results = [...files]
    .filter(([path]) => /^docs\/examples\/mnist\/results\/.*\.json$/.test(path))
    .map(([, text]) => JSON.parse(text) as Result)
    .sort((a, b) => a.seconds - b.seconds);
  return markdownTable(
    ['device', 'test accuracy', 'images a second', 'wall time', 'where and when'],
    results.map(rowOf),
  );
}

function rowOf({ device, date, node, accuracy, imagesPerSecond, seconds }: Result): string[] {
  return [
    `${device.name} (${device.version})`,
    `${(100 * accuracy).toFixed(2)} %`,
    Math.round(imagesPerSecond).toLocaleString('en'),
    `${Math.round(seconds)} s`,
    `${device.threads} threads of ${device.hardware}, Node ${node.slice(1)}, ${date}`,
  ];
}

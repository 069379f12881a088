import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AblationResult } from '../analysis/ablation-result.ts';
import { ablationChart } from './chart.ts';
import { ablationTable, type TableOptions } from './table.ts';

/**
 * Writes `<experiment>.json`, `<experiment>.md` and, for each figure, `<experiment>.<figure>.svg` into a folder; each
 * file is complete or not there.
 *
 * @returns their paths
 */
export function writeReport(folder: string, result: AblationResult, options: TableOptions = {}): string[] {
  mkdirSync(folder, { recursive: true });
  const charts = result.figures.map(({ name }) => [`${name}.svg`, ablationChart(result, name)] as const);
  return [
    ['json', `${JSON.stringify(result, null, 2)}\n`] as const,
    ['md', ablationTable(result, options)] as const,
    ...charts,
  ].map(([ending, content]) => write(join(folder, `${result.experiment}.${ending}`), content));
}

function write(path: string, content: string): string {
  const unfinished = `${path}.${process.pid}.part`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
  return path;
}

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { AblationResult } from '../analysis/ablation-result.ts';
import { checkResult } from '../analysis/check-result.ts';
import { ablationChart } from './chart.ts';
import { ablationTable, type TableOptions, tableOptionsSchema } from './table.ts';

const schema = v.strictObject({
  folder: v.pipe(v.string(), v.regex(/^[^\0]+$/, 'must be the path of a folder')),
  options: tableOptionsSchema,
});

/**
 * Writes `<experiment>.json`, `<experiment>.md` and, for each figure, `<experiment>.<figure>.svg` into a folder. Each
 * file is either complete or missing.
 *
 * @returns their paths
 * @throws CantripError OPTION_INVALID; ABLATION_FAILED if the folder cannot be created
 */
export function writeReport(folder: string, result: AblationResult, options: TableOptions = {}): string[] {
  parseOptions('writeReport', schema, { folder, options });
  checkResult('writeReport', result);
  makeFolder(folder);
  const charts = result.figures.map(({ name }) => [`${name}.svg`, ablationChart(result, name)] as const);
  return [
    ['json', `${JSON.stringify(result, null, 2)}\n`] as const,
    ['md', ablationTable(result, options)] as const,
    ...charts,
  ].map(([ending, content]) => write(join(folder, `${result.experiment}.${ending}`), content));
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new CantripError('ABLATION_FAILED', {
      who: 'writeReport',
      what: `the folder ${folder} cannot be created (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
      fix: 'Pass a folder that this process may write to',
      cause,
    });
  }
}

function write(path: string, content: string): string {
  const unfinished = `${path}.${process.pid}.part`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
  return path;
}

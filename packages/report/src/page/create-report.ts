import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { pageOf } from './page.ts';
import { findRuns } from '../runs/find-runs.ts';
import { readShownRuns } from '../runs/shown-run.ts';

export interface ReportOptions {
  /** The heading of the page; by default the names of the runs. */
  readonly title?: string;
}

const path = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.check((text) => !text.includes('\0'), 'must be the path of a folder'),
);
const schema = v.strictObject({
  folders: v.pipe(v.array(path), v.minLength(1)),
  title: v.optional(v.pipe(v.string(), v.nonEmpty())),
});

/**
 * Reads run folders and returns one HTML page about them: curves, predictions, worst examples, speed, time by op, plugins with
 * their options, environment, and what differs between the runs. The page needs no network and runs no script.
 *
 * Runs that differ in nothing but their seed are shown with their mean and its 95 % interval. A curve of more than 800 points is
 * thinned so that its lowest and highest values stay, and the page says so.
 *
 * @param folders - folders that `runLog({ folder })` of `@cantrip/run-log` wrote, or folders that hold such folders; at least one
 * @returns the text of an HTML file
 * @throws CantripError OPTION_INVALID; REPORT_NO_RUN; RUN_LOG_READ, RUN_LOG_INVALID, RUN_LOG_NEWER for a run folder that cannot be
 *   read
 * @example
 * ```ts
 * writeFileSync('report.html', await createReport(['runs/first', 'runs/second']));
 * ```
 */
export async function createReport(folders: readonly string[], options: ReportOptions = {}): Promise<string> {
  const { title } = parseOptions('createReport', schema, { ...asOptions(options), folders });
  const runs = await readShownRuns(findRuns(folders));
  return pageOf(runs, title);
}

/** What is no object of options is passed on, so that it is refused by name. */
const asOptions = (options: unknown): object =>
  parseOptions('createReport', v.strictObject({ title: v.optional(v.unknown()) }), options);

import { type Html, markup } from '../html/markup.ts';
import { table } from '../html/table.ts';
import { flat, flatSettings } from '../runs/flat-settings.ts';
import type { ShownRun } from '../runs/shown-run.ts';

const mostRows = 200;

/** What differs between runs, setting by setting. */
export function differences(runs: readonly ShownRun[]): Html {
  const settings = runs.map(settingsOf);
  const paths = [...new Set(settings.flatMap((one) => [...one.keys()]))];
  const differing = paths.filter((path) => new Set(settings.map((one) => one.get(path))).size > 1);
  if (differing.length === 0) return markup`<p>The runs have the same settings, seed and environment.</p>`;
  const rows = differing
    .slice(0, mostRows)
    .map((path) => [path, ...settings.map((one) => one.get(path) ?? 'not set')]);
  const left = differing.length - rows.length;
  return markup`${table({ caption: 'What differs between the runs', head: ['setting', ...runs.map(({ name }) => name)], rows })}
    <p class="note">
      ${paths.length - differing.length} other settings are the same in all
      runs.${left > 0 && ` ${left} more differ, which are in run.json.`}
    </p>`;
}

function settingsOf({ log: { info } }: ShownRun): ReadonlyMap<string, string> {
  const start = info.starts.at(-1);
  return new Map([
    ['seed', String(info.seed)] as const,
    ...flatSettings(info),
    ...flat('environment', start?.environment ?? {}),
    ...flat('git', start?.git ?? {}),
  ]);
}

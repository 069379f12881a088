import { type Html, markup } from '../html/markup.ts';
import { table } from '../html/table.ts';
import { flat } from '../runs/flat-settings.ts';
import type { ShownRun } from '../runs/shown-run.ts';

/** What each run ran in. A run that went on in another process may have several. */
export function environment(runs: readonly ShownRun[]): Html {
  const all = runs.map(factsOf);
  const paths = [...new Set(all.flatMap((one) => [...one.keys()]))];
  const rows = paths.map((path) => [path, ...all.map((one) => one.get(path) ?? '–')]);
  return markup`${table({ caption: 'Environment and git commit', head: ['fact', ...runs.map(({ name }) => name)], rows })}
  ${runs.map(({ name, log: { info } }) => {
    if (info.starts.length < 2) return undefined;
    const at = info.starts.slice(1).map(({ step }) => step);
    return markup`<p class="note">
      ${name} went on at ${at.length === 1 ? 'step' : 'steps'}
      ${at.slice(0, 20).join(', ')}${at.length > 20 && ', …'}. The table shows its last process.
    </p>`;
  })}`;
}

function factsOf({ log: { info } }: ShownRun): ReadonlyMap<string, string> {
  const start = info.starts.at(-1);
  const { memory, ...rest } = start?.environment ?? {};
  const { commit, dirty } = start?.git ?? {};
  const gibibytes = typeof memory === 'number' ? `${(memory / 2 ** 30).toFixed(1)} GiB` : undefined;
  return new Map([
    ...flat('', rest),
    ...(gibibytes === undefined ? [] : [['memory', gibibytes] as const]),
    ['git commit', commit ?? 'none'] as const,
    ...(dirty === undefined ? [] : [['files changed since', dirty ? 'yes' : 'no'] as const]),
  ]);
}

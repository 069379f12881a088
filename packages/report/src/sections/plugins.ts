import { type Html, markup } from '../html/markup.ts';
import { table } from '../html/table.ts';
import { flat } from '../runs/flat-settings.ts';
import type { ShownRun } from '../runs/shown-run.ts';

/** The plugins of each run in list order, with their options. */
export function plugins(runs: readonly ShownRun[]): Html {
  return markup`${runs.map(({ name, log }) => {
    const rows = log.info.plugins.map((plugin, at) => [
      String(at + 1),
      plugin.name,
      plugin.settings === undefined
        ? markup`<span class="quiet">not told</span>`
        : optionsOf(plugin.settings),
    ]);
    if (rows.length === 0) return markup`<p>${name} has no plugins.</p>`;
    return table({
      caption: `Plugins of ${name}, in the order of their calls`,
      head: ['place', 'plugin', 'options'],
      rows,
    });
  })}`;
}

function optionsOf(settings: Readonly<Record<string, unknown>>): Html {
  const entries = flat('', settings);
  if (entries.length === 0) return markup`<span class="quiet">none</span>`;
  return markup`${entries.map(([path, value], at) => markup`${at > 0 && ', '}<code>${path}: ${value}</code>`)}`;
}

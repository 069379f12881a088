import { curveCharts, speedCharts } from '../curves/curves-of-runs.ts';
import type { CurveChart } from '../curves/curve.ts';
import { seedGroups } from '../runs/seeds.ts';
import type { ShownRun } from '../runs/shown-run.ts';
import { curveFigure } from '../sections/curve-figure.ts';
import { differences } from '../sections/differences.ts';
import { environment } from '../sections/environment.ts';
import { overview } from '../sections/overview.ts';
import { plugins } from '../sections/plugins.ts';
import { predictions } from '../sections/predictions.ts';
import { profiles } from '../sections/profile.ts';
import { type Section, sectionHtml } from '../sections/section.ts';
import { type Html, markup, trusted } from '../html/markup.ts';
import { identifiers } from '../html/identifier.ts';
import { style } from '../html/style.ts';

/** The page about runs, as the text of an HTML file. */
export function pageOf(runs: readonly ShownRun[], title: string | undefined): string {
  const idOf = identifiers();
  const groups = seedGroups(runs);
  const heading = title ?? headingOf(runs);
  const figures = (charts: readonly CurveChart[], without: string): Html => {
    const shown = charts.filter(({ curves }) => curves.length > 0);
    if (shown.length === 0) return markup`<p>${without}</p>`;
    return markup`<div class="figures">${shown.map((chart) => curveFigure(idOf(chart.title), chart))}</div>`;
  };
  const section = (name: string, content: () => Html): Section => ({
    id: idOf(name),
    title: name,
    content: content(),
  });
  const sections = [
    section(runs.length === 1 ? 'The run' : 'The runs', () => overview(runs, groups)),
    ...(runs.length > 1 ? [section('What differs', () => differences(runs))] : []),
    section('Curves', () => figures(curveCharts(runs, groups), 'Nothing was logged yet.')),
    ...(runs.some((run) => run.predictions) ? [section('Predictions', () => predictions(runs, idOf))] : []),
    section('Speed and memory', () => figures(speedCharts(runs), 'No step was logged yet.')),
    ...(runs.some((run) => run.profile) ? [section('Time by op', () => profiles(runs, idOf))] : []),
    section('Plugins', () => plugins(runs)),
    section('Environment', () => environment(runs)),
  ];
  return document(heading, sections).html;
}

function headingOf(runs: readonly ShownRun[]): string {
  const names = runs.slice(0, 3).map(({ name }) => name);
  const more = runs.length > 3 ? ` and ${runs.length - 3} more` : '';
  return `${runs.length === 1 ? 'Run' : 'Runs'} ${names.join(', ')}${more}`;
}

/** Nothing may be loaded and no script may run, whatever a run folder holds. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

function document(heading: string, sections: readonly Section[]): Html {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="@cantrip/report" />
        <title>${heading}</title>
        <link rel="icon" href="data:," />
        <style>
          ${trusted(style)}
        </style>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <h1>${heading}</h1>
          <fieldset class="theme">
            <legend>Colours</legend>
            <label><input type="radio" name="theme" id="theme-system" checked /> as the system</label>
            <label><input type="radio" name="theme" id="theme-light" /> light</label>
            <label><input type="radio" name="theme" id="theme-dark" /> dark</label>
          </fieldset>
          <nav aria-label="Contents">
            <ul>
              ${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main id="content" tabindex="-1">${sections.map(sectionHtml)}</main>
      </body>
    </html> `;
}

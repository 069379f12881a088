import { type Html, markup, trusted } from './markup.ts';
import { table, type TableParts } from './table.ts';

export interface FigureParts {
  readonly id: string;
  readonly title: string;
  /** What the chart shows, in sentences, for people who do not see it. */
  readonly description: string;
  /** The chart as SVG; undefined if there is nothing to draw. */
  readonly svg: string | undefined;
  /** What stands in the place of the chart if there is nothing to draw. */
  readonly unseen?: string;
  readonly legend?: Html | undefined;
  /** Sentences under the chart. */
  readonly notes?: readonly string[];
  readonly data: TableParts;
}

/** A chart with title, description and the numbers that it draws. */
export function figure(parts: FigureParts): Html {
  const { id, title, description, svg, legend, notes = [], data } = parts;
  const { unseen = 'There is no finite value to draw.' } = parts;
  return markup`<figure id="${id}" role="group" aria-labelledby="${id}-title" aria-describedby="${id}-description">
<figcaption><h3 id="${id}-title">${title}</h3></figcaption>
${legend}
${svg === undefined ? markup`<p>${unseen}</p>` : markup`<div class="chart">${trusted(svg)}</div>`}
${notes.map((note) => markup`<p class="note">${note}</p>`)}
<details><summary>Data of “${title}”</summary>
<p id="${id}-description" class="description">${description}</p>
${table(data)}</details>
</figure>`;
}

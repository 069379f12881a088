import { type Html, markup } from './markup.ts';

type Cell = Html | string;

export interface TableParts {
  readonly caption: string;
  readonly head: readonly Cell[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Cell[])[];
}

/** A table that scrolls in its own box, also by keyboard. */
export function table({ caption, head, rows }: TableParts): Html {
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
<table><caption>${caption}</caption>
<thead><tr>${head.map((cell) => markup`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(rowOf)}</tbody></table></div>`;
}

const rowOf = ([first = '', ...cells]: readonly Cell[]): Html =>
  markup`<tr><th scope="row">${first}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>
`;

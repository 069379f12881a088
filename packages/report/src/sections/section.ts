import { type Html, markup } from '../html/markup.ts';

/** A part of the page with its heading, which the contents list. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

export const sectionHtml = ({ id, title, content }: Section): Html =>
  markup`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section> `;

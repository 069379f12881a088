/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | false | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it, in an element or in a quoted attribute. */
const escape = (text: string): string => text.replace(/[&<>"']/g, (one) => entities[one]!);

/** A template of HTML. Every text that is put in is escaped; only {@link Html} and lists of it are not. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.reduce((all, text, at) => all + asHtml(parts[at - 1]) + text) };
}

/** Marks text as HTML. For what a library serialised. */
export const trusted = (text: string): Html => ({ html: text });

function asHtml(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return String(part);
  if (isList(part)) return part.map(asHtml).join('');
  return part.html;
}

const isList = (part: Part): part is readonly Part[] => Array.isArray(part);

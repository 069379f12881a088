import type { Breach, Rule } from './rule.ts';

const page = /^(docs\/[^/]+\.md|[A-Z]+\.md|packages\/[^/]+\/README\.md)$/;
const namedFile = /`((?:packages|tools|docs)\/[\w./-]+\.(?:ts|md|json))`/g;
/** A row of a table that names a function and the file that holds it. */
const namedFunction = /^\| *`(\w+)` *\| *`([\w./-]+\.ts)` *\|/gm;

/** A page names files that exist, and functions that stand where it says. */
export const namedFiles: Rule = {
  name: 'files that pages name',
  check: ({ files }) =>
    [...files].filter(([file]) => page.test(file)).flatMap(([file, text]) => breachesOf(file, text, files)),
};

function breachesOf(file: string, text: string, files: ReadonlyMap<string, string>): Breach[] {
  const missing = [...text.matchAll(namedFile)]
    .map(([, path = '']) => path)
    .filter((path) => !files.has(path))
    .map((path) => ({
      file,
      what: `names ${path}, which does not exist`,
      fix: 'Name the file that took its place',
    }));
  const elsewhere = [...text.matchAll(namedFunction)]
    .map(([, name = '', path = '']) => ({ name, path }))
    .filter(({ name, path }) => !new RegExp(`function\\*? ${name}\\b`).test(files.get(path) ?? ''))
    .map(({ name, path }) => ({
      file,
      what: `says that ${path} holds the function ${name}, and it does not`,
      fix: 'Name the file that holds it',
    }));
  return [...missing, ...elsewhere];
}

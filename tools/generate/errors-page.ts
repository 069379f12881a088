import type { OwnCode } from '../workspace/own-codes-in.ts';
import { publishedName } from '../workspace/published-name.ts';

/** `docs/errors.md`: every error code and what it means. */
export function errorsPage(
  catalogue: Readonly<Record<string, string>>,
  own: readonly OwnCode[] = [],
): string {
  const all = [
    ...Object.entries(catalogue),
    ...own.map(({ code, meaning, owner }) => [code, `${meaning} From \`${publishedName(owner)}\`.`] as const),
  ].sort(([one], [other]) => (one < other ? -1 : 1));
  const entries = all.map(([code, meaning]) => `## ${code}\n\n${meaning}\n`);
  return `${introduction}\n${entries.join('\n')}`;
}

const introduction = `# Errors

Every error that Cantrip throws on purpose is a \`CantripError\` of
[\`@cantrip/errors\`](../packages/errors). Its message has one form:

\`\`\`text
[who] what, and what was received. What to do. (CODE)
\`\`\`

\`error.code\` is permanent: compare it, never the text. This page is generated from
\`packages/errors/src/catalogue.ts\` and the \`src/error-codes.ts\` of each package by \`npm run generate\`.
`;

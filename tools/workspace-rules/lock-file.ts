import type { Rule } from './rule.ts';

/** The lock file names no registry, so that it works behind every mirror. */
export const lockFile: Rule = {
  name: 'lock file',
  check: ({ files }) => {
    const addresses = [...(files.get('package-lock.json') ?? '').matchAll(/"resolved": "(https?:[^"]+)"/g)];
    if (addresses.length === 0) return [];
    return [
      {
        file: 'package-lock.json',
        what: `holds ${addresses.length} download addresses, e.g. ${addresses[0]?.[1] ?? ''}`,
        fix: 'Run `npm install --package-lock-only`: .npmrc tells npm to leave them out',
      },
    ];
  },
};

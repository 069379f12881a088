import { distance } from 'fastest-levenshtein';

/** The known word that a misspelt one most likely means; undefined if none is similar. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const [best] = known
    .map((one) => ({ one, edits: distance(lower, one.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  return best && best.edits <= Math.max(2, best.one.length * 0.4) ? best.one : undefined;
}

/** What a value may be by a complaint of valibot's: `must be in [0, 1)` as `a number in [0, 1)`. */
export function wantedBy(complaint: string): string {
  const wanted = /^must be (.+)$/.exec(complaint)?.[1];
  if (wanted === undefined) return 'a value that is allowed';
  if (/^([<>]|in [[(])/.test(wanted)) return `a number ${wanted}`;
  if (wanted === 'finite') return 'a finite number';
  return /^(an? |one |["[{\d]|true|false|undefined|null)/.test(wanted) ? wanted : `a value that is ${wanted}`;
}

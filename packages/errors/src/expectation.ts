import type { BaseIssue } from 'valibot';

/**
 * The expected value, in the words of an error, e.g. `must be a number`. valibot's own messages contain only type
 * names.
 */
export function expectation(issue: BaseIssue<unknown>): string {
  if (issue.type === 'integer') return 'must be an integer';
  if (issue.type === 'safe_integer') {
    return Number.isInteger(issue.input)
      ? 'must be an integer of less than 2^53 in size'
      : 'must be an integer';
  }
  if (issue.type === 'finite') return 'must be finite';
  if (issue.type === 'non_empty') {
    return `must be a ${typeof issue.input === 'string' ? 'text' : 'list'} that is not empty`;
  }
  return `must be ${inWords(issue.expected ?? 'valid')}`;
}

/** Rewrites `(number | "a")` as `a number or "a"`, and `>=0` as `>= 0`. */
function inWords(expected: string): string {
  const choices = expected
    .replace(/^\((.*)\)$/, '$1')
    .split(' | ')
    .map(withArticle);
  const last = choices.pop() ?? '';
  return choices.length === 0 ? last : `${choices.join(', ')} or ${last}`;
}

function withArticle(expected: string): string {
  if (/^[a-z]+$/.test(expected) && !['null', 'undefined', 'valid', 'true', 'false'].includes(expected)) {
    return `a ${expected}`;
  }
  if (expected === 'Object') return 'an object';
  if (expected === 'Array') return 'an array';
  if (expected === 'Function') return 'a function';
  return expected.replace(/^([<>]=?)(?=\S)/, '$1 ');
}

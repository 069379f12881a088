import type { Param } from './params.ts';

/** A value that was read from a text, or why it could not be. */
type Read<Value> = { readonly value: Value } | { readonly problem: string; readonly example: string };

/**
 * Reads the text of a parameter as the type of its default. A default of text takes any text as it is, so `007` and
 * `1e5` stay text. A default of null takes null, a boolean, a number, an array, or any other text.
 */
export function readParam(usual: Param, text: string): Read<Param> {
  if (typeof usual === 'string') return { value: text };
  if (typeof usual === 'number') return readNumber(text, usual);
  if (typeof usual === 'boolean') return readBoolean(text, usual);
  if (usual === null) return readAny(text);
  return readList(usual, text);
}

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function readNumber(text: string, usual: number): Read<number> {
  const value = Number(text);
  if (!number.test(text) || !Number.isFinite(value)) {
    return { problem: 'must be a finite number', example: String(usual) };
  }
  // Further digits would be lost without a word.
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^[+-]?\d+$/.test(text)) {
    return { problem: `must be a whole number up to ${Number.MAX_SAFE_INTEGER}`, example: String(usual) };
  }
  return { value };
}

function readBoolean(text: string, usual: boolean): Read<boolean> {
  if (text === 'true' || text === 'false') return { value: text === 'true' };
  return { problem: 'must be true or false', example: String(!usual) };
}

function readAny(text: string): Read<Param> {
  if (text === 'null') return { value: null };
  if (text === 'true' || text === 'false') return { value: text === 'true' };
  if (number.test(text)) return readNumber(text, 0.1);
  if (/^["[]/.test(text)) {
    const parsed = parseJson(text);
    if (parsed === undefined)
      return { problem: 'must be JSON, because it begins with " or [', example: "'[1, 2]'" };
    return { value: parsed };
  }
  return { value: text };
}

/** `64,128` or `[64, 128]`; each part is read as the first part of the default. */
function readList(usual: readonly Param[], text: string): Read<Param> {
  const example =
    usual.length === 0 || usual.some((one) => typeof one === 'object') ? "'[1, 2]'" : usual.join(',');
  const [first = null] = usual;
  const isNested = Array.isArray(first);
  if (text.startsWith('[')) {
    const parsed = parseJson(text);
    if (!Array.isArray(parsed)) return { problem: 'must be a list', example };
    const wanted = usual.length === 0 || isNested || parsed.every((one) => typeof one === typeof first);
    return wanted ? { value: parsed } : { problem: `must be a list of ${typeof first}s`, example };
  }
  if (isNested) return { problem: 'must be a list of lists', example };
  if (text === '') return { value: [] };
  const read = text.split(',').map((part) => readParam(first, part));
  const bad = read.find((one) => 'problem' in one);
  if (bad && 'problem' in bad)
    return { problem: `must be a list, and each part of it ${bad.problem}`, example };
  return { value: read.flatMap((one) => ('value' in one ? [one.value] : [])) };
}

/** A text as JSON; undefined if it is none, or holds an object. */
function parseJson(text: string): Param | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isParam(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isParam(value: unknown): value is Param {
  return Array.isArray(value) ? value.every(isParam) : value === null || typeof value !== 'object';
}

import { describe } from '@cantrip/errors';
import { invalidFile } from './invalid-file.ts';

/**
 * Reads the few kinds of JSON tokens that a header may hold, one after the other. White space before a token is skipped.
 *
 * `what` and `name` say what is read, for errors. They are put together for an error alone, because a header may hold a
 * hundred thousand tensors.
 */
export interface HeaderReader {
  /** Reads this character, which must be the next one. */
  expect(character: string): void;
  /** Reads this character if it is the next one, and returns whether it is. */
  skip(character: string): boolean;
  /** Reads a string of at most `mostBytes` bytes between its quotes. */
  string(what: string, name?: string, mostBytes?: number): string;
  /** Reads an integer >= 0 and < 2^53, written in digits alone. */
  integer(what: string, name: string): number;
  /** The bytes that are not read yet. */
  rest(): Uint8Array;
}

type Decoder = InstanceType<typeof TextDecoder>;

const quote = 0x22;
const backslash = 0x5c;
const zero = 0x30;

/**
 * A reader of the bytes of a header. JSON.parse takes the last of two equal keys, rounds large integers and accepts lone
 * surrogates. It also builds whatever the header holds before anything of it is checked.
 *
 * @param begin - the position of the header in the file, for errors
 */
export function headerReader(bytes: Uint8Array, begin: number): HeaderReader {
  // A mark of byte order is part of a name, and is not removed.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const plain = plainReader(bytes);
  let at = 0;

  function skip(character: string): boolean {
    while (isSpace(bytes[at])) at++;
    if (bytes[at] !== character.charCodeAt(0)) return false;
    at++;
    return true;
  }

  function refuse(wanted: string): never {
    throw invalidFile(`the header must have ${wanted} at byte ${begin + at}, got ${inWords(bytes[at])}`);
  }

  function integer(what: string, name: string): number {
    while (isSpace(bytes[at])) at++;
    const start = at;
    let value = 0;
    for (; isDigit(bytes[at]); at++) value = value * 10 + (bytes[at]! - zero);
    const digits = at - start;
    const isPlain = digits === 1 || (digits > 1 && bytes[start] !== zero);
    // Beyond 2^53 the value is rounded, but never to one below.
    if (isPlain && Number.isSafeInteger(value) && !isPartOfNumber(bytes[at])) return value;
    at = start;
    return refuse(`${inFull(what, name)}, an integer >= 0 and < 2^53 in digits alone,`);
  }

  function string(what: string, name?: string, mostBytes = Infinity): string {
    if (!skip('"')) refuse(`${inFull(what, name)} in quotes`);
    const start = at;
    let isPlain = true;
    for (; bytes[at] !== quote; at++) {
      const byte = bytes[at];
      if (at - start >= mostBytes) throw tooLong(inFull(what, name), begin + start, mostBytes);
      if (byte === undefined || byte < 0x20) refuse(`the rest of ${inFull(what, name)} and a quote`);
      if (byte === backslash) at++;
      isPlain &&= byte < 0x80 && byte !== backslash;
    }
    if (at - start > mostBytes) throw tooLong(inFull(what, name), begin + start, mostBytes);
    const end = at++;
    const text = isPlain ? plain(start, end) : undefined;
    return text ?? decode(decoder, inFull(what, name), bytes.subarray(start, end), begin + start);
  }

  return {
    skip,
    expect: (character) => void (skip(character) || refuse(`"${character}"`)),
    string,
    integer,
    rest: () => bytes.subarray(at),
  };
}

/** Bytes that are decoded at once. */
const blockBytes = 16_384;

/**
 * Cuts out strings of plain ASCII, whose places only rise. A decoder is slow for a hundred thousand short strings, so it
 * decodes a block of them.
 *
 * @returns undefined where characters of several bytes stand in the same block, or where the string is longer than one
 */
function plainReader(bytes: Uint8Array): (start: number, end: number) => string | undefined {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let [block, from, to] = ['', 0, 0];
  return (start, end) => {
    if (end > to) {
      [from, to] = [start, Math.min(start + blockBytes, bytes.length)];
      block = decoder.decode(unshared(bytes.subarray(from, to)));
    }
    // A character of several bytes makes the text shorter than its bytes, and nothing makes it longer.
    return end <= to && block.length === to - from ? block.slice(start - from, end - from) : undefined;
  };
}

/** A browser's TextDecoder takes no shared memory. */
const unshared = (bytes: Uint8Array): Uint8Array =>
  bytes.buffer[Symbol.toStringTag] === 'ArrayBuffer' ? bytes : bytes.slice();

/** What stands between the quotes of a string, in strict UTF-8 and with escapes. */
function decode(decoder: Decoder, what: string, coded: Uint8Array, place: number): string {
  const refused = (wanted: string): Error => invalidFile(`${what} at byte ${place} must be ${wanted}`);
  let text: string;
  try {
    text = decoder.decode(unshared(coded));
  } catch {
    throw refused('valid UTF-8');
  }
  if (!text.includes('\\')) return text;
  try {
    text = JSON.parse(`"${text}"`) as string;
  } catch {
    throw refused('a string of JSON, with no other escapes than JSON has');
  }
  if (/\p{Surrogate}/u.test(text)) throw refused('Unicode without lone surrogates');
  return text;
}

const inFull = (what: string, name?: string): string =>
  name === undefined ? what : `${what} ${describe(name)}`;

function tooLong(what: string, place: number, mostBytes: number): Error {
  return invalidFile(
    `${what} at byte ${place} must have at most ${mostBytes} bytes, which is maxNameBytes, but it has more`,
    'Set a larger maxNameBytes if you trust the file',
  );
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= 0x39;

/** `1.0` and `1e3` are numbers of JSON, but no integers of this format. */
const isPartOfNumber = (byte: number | undefined): boolean => byte === 0x2e || byte === 0x45 || byte === 0x65;

function inWords(byte: number | undefined): string {
  if (byte === undefined) return 'the end of the header';
  return byte > 0x20 && byte < 0x7f
    ? `"${String.fromCharCode(byte)}"`
    : `the byte 0x${byte.toString(16).padStart(2, '0')}`;
}

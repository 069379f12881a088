import { invalidFile } from './invalid-file.ts';

/** Reads the few kinds of JSON tokens that a header may hold, one after the other. White space before a token is skipped. */
export interface HeaderReader {
  /** Reads this character, which must be the next one. */
  expect(character: string): void;
  /** Reads this character if it is the next one, and returns whether it is. */
  skip(character: string): boolean;
  /** Reads a string of at most `mostBytes` bytes between its quotes. */
  string(what: string, mostBytes?: number): string;
  /** Reads an integer >= 0 and < 2^53, written in digits alone. */
  integer(what: string): number;
  /** The bytes that are not read yet. */
  rest(): Uint8Array;
}

type Decoder = InstanceType<typeof TextDecoder>;

const quote = 0x22;
const backslash = 0x5c;

/**
 * A reader of the bytes of a header. JSON.parse takes the last of two equal keys, rounds large integers and accepts lone
 * surrogates. It also builds whatever the header holds before anything of it is checked.
 *
 * @param begin - the position of the header in the file, for errors
 */
export function headerReader(bytes: Uint8Array, begin: number): HeaderReader {
  // A mark of byte order is part of a name, and is not removed.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
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

  function integer(what: string): number {
    while (isSpace(bytes[at])) at++;
    const start = at;
    while (isDigit(bytes[at])) at++;
    const digits = String.fromCharCode(...bytes.subarray(start, Math.min(at, start + 17)));
    const isPlain = digits === '0' || /^[1-9]/.test(digits);
    if (isPlain && Number.isSafeInteger(Number(digits)) && !isPartOfNumber(bytes[at])) return Number(digits);
    at = start;
    return refuse(`${what}, an integer >= 0 and < 2^53 in digits alone,`);
  }

  function string(what: string, mostBytes = Infinity): string {
    if (!skip('"')) refuse(`${what} in quotes`);
    const start = at;
    let isPlain = true;
    for (; bytes[at] !== quote; at++) {
      const byte = bytes[at];
      if (at - start >= mostBytes) throw tooLong(what, begin + start, mostBytes);
      if (byte === undefined || byte < 0x20) refuse(`the rest of ${what} and a quote`);
      if (byte === backslash) at++;
      isPlain &&= byte < 0x80 && byte !== backslash;
    }
    if (at - start > mostBytes) throw tooLong(what, begin + start, mostBytes);
    const coded = bytes.subarray(start, at++);
    // Nearly every string is short and plain; for a hundred thousand of them the decoder is slow.
    if (isPlain && coded.length <= 128) return String.fromCharCode(...coded);
    return decode(decoder, what, coded, begin + start);
  }

  return {
    skip,
    expect: (character) => void (skip(character) || refuse(`"${character}"`)),
    string,
    integer,
    rest: () => bytes.subarray(at),
  };
}

/** What stands between the quotes of a string, in strict UTF-8 and with escapes. */
function decode(decoder: Decoder, what: string, coded: Uint8Array, place: number): string {
  const refused = (wanted: string): Error => invalidFile(`${what} at byte ${place} must be ${wanted}`);
  let text: string;
  try {
    // A copy, because a browser's TextDecoder takes no shared memory.
    text = decoder.decode(coded.slice());
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

function tooLong(what: string, place: number, mostBytes: number): Error {
  return invalidFile(
    `${what} at byte ${place} must have at most ${mostBytes} bytes, which is maxNameBytes, but it has more`,
    'Set a larger maxNameBytes if you trust the file',
  );
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** `1.0` and `1e3` are numbers of JSON, but no integers of this format. */
const isPartOfNumber = (byte: number | undefined): boolean => byte === 0x2e || byte === 0x45 || byte === 0x65;

function inWords(byte: number | undefined): string {
  if (byte === undefined) return 'the end of the header';
  return byte > 0x20 && byte < 0x7f
    ? `"${String.fromCharCode(byte)}"`
    : `the byte 0x${byte.toString(16).padStart(2, '0')}`;
}

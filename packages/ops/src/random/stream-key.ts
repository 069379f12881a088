import { CantripError, type Check, describe, optional, readOptions } from '@cantrip/errors';
import { philox4x32 } from './philox.ts';

/** Identifies random numbers: the same seed, stream and step give the same numbers in every process. */
export interface StreamPlace {
  /** A safe integer, or a bigint in [0, 2^64). 0 is a valid seed. */
  readonly seed: number | bigint;
  /** Any name. Streams with different names are independent. */
  readonly stream: string;
  /** A safe integer of at least 0; 0 by default. */
  readonly step?: number;
}

// The upper half of the counter separates the values derived from one seed and name.
const forStreams = 0;
const forSeeds = 1;

/**
 * The Philox key of a stream, in the form that `key` of TensorFlow's `StatelessRandom…V2` ops (`alg` 1) has.
 *
 * `key = first 64 bits of philox4x32(counter: [fnv1a64(utf8(stream)), 0], key: seed)`. The `n`-th 32-bit number at
 * `step` has the counter `[floor(n / 4), step]`, both uint64, and is its word `n mod 4`. TensorFlow's `counter` is
 * `[0, step]`.
 *
 * This is permanent: a change would change every seeded run.
 *
 * @returns an unsigned 64-bit integer
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * streamKey({ seed: 42, stream: 'dropout' }); // 12332376361247490659n
 * ```
 * @see FNV-1a, 64 bits: draft-eastlake-fnv, "The FNV Non-Cryptographic Hash Algorithm"
 */
export function streamKey(place: StreamPlace): bigint {
  return checkAll('streamKey', place);
}

/** Refuses a place that is not an object. Seed, name and step are checked where they are used. */
export function checkPlace(who: string, place: StreamPlace): void {
  readOptions(who, placeChecks, place);
}

/** Checks all parts of a place, and returns its key. */
export function checkAll(who: string, place: StreamPlace): bigint {
  checkPlace(who, place);
  const { step = 0 } = place;
  checkStep(who, step);
  return keyOf(who, place);
}

const anything: Check<unknown> = () => undefined;

// A place of device tensors also has a block. A host stream counts blocks itself.
const placeChecks = { seed: anything, stream: anything, step: optional(anything), block: optional(anything) };

/** {@link streamKey}, with errors that name the function that the user called. */
export function keyOf(who: string, { seed, stream }: StreamPlace): bigint {
  return derive(who, seed, stream, forStreams);
}

/**
 * Derives a seed for one part of a run: the same seed and names give the same result in every process.
 *
 * Names nest: `deriveSeed(seed, a, b)` is `deriveSeed(deriveSeed(seed, a), b)`. A number counts as its decimal
 * digits.
 *
 * @param seed - a safe integer, or a bigint in [0, 2^64)
 * @param name - the purpose of the seed
 * @param further - e.g. the number of a worker or the rank of a process: integers in [0, 2^53), or names
 * @returns an integer in [0, 2^53)
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * deriveSeed(42, 'shuffle'); // 2110934056465839
 * deriveSeed(42, 'worker', 3); // 7930359610929953
 * ```
 */
export function deriveSeed(
  seed: number | bigint,
  name: string,
  ...further: readonly (string | number)[]
): number {
  const first = Number(derive('deriveSeed', seed, name, forSeeds) & 0x1fffffffffffffn);
  return further.reduce<number>((parent, part) => deriveSeed(parent, nameOf(part)), first);
}

function nameOf(part: string | number): string {
  if (typeof part === 'string' || (Number.isSafeInteger(part) && part >= 0)) return String(part);
  throw invalid('deriveSeed', 'a name', 'must be a string or an integer in [0, 2^53)', part);
}

function derive(who: string, seed: number | bigint, name: string, purpose: number): bigint {
  if (typeof name !== 'string') throw invalid(who, 'stream', 'must be a string', name);
  const words = new Uint32Array(4);
  const hash = fnv1a64(name);
  philox4x32([...split(hash), purpose, 0], split(seedBits(who, seed)), words);
  return (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
}

function seedBits(who: string, seed: number | bigint): bigint {
  if (typeof seed === 'bigint' && seed >= 0n && seed < 1n << 64n) return seed;
  if (Number.isSafeInteger(seed)) return BigInt.asUintN(64, BigInt(seed));
  throw invalid(who, 'seed', 'must be a safe integer or a bigint in [0, 2^64)', seed);
}

/** Refuses a step that does not fit into the counter. */
export function checkStep(who: string, step: number): void {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw invalid(who, 'step', 'must be an integer in [0, 2^53)', step);
  }
}

/** Refuses a block that does not fit into the counter. */
export function checkBlock(who: string, block: number): void {
  if (!Number.isSafeInteger(block) || block < 0) {
    throw invalid(who, 'block', 'must be an integer in [0, 2^53)', block);
  }
}

/** The two halves of a 64-bit integer, the lower one first. */
export function split(value: bigint): [number, number] {
  return [Number(value & 0xffffffffn), Number(value >> 32n)];
}

function fnv1a64(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}

/** The error of an invalid argument of a function in this folder. */
export function invalid(who: string, name: string, expected: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${name} ${expected}, got ${describe(received)}`,
    fix: `Set ${name} to ${expected.replace(/^must be /, '')}`,
  });
}

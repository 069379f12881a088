import type { RunDescription } from '../contract/run-store.ts';

/** A part of a run that may differ when it goes on. */
export type Area = 'model' | 'plugins' | 'optimizer' | 'loss' | 'data' | 'horizon' | 'library';

/** What differs between a saved run and one that is to go on with it: for each part a list of short sentences. */
export type Differences = ReadonlyMap<Area, readonly string[]>;

const areas: readonly (readonly [Area, keyof RunDescription])[] = [
  ['model', 'model'],
  ['plugins', 'plugins'],
  ['optimizer', 'optimizer'],
  ['loss', 'loss'],
  ['data', 'data'],
  ['horizon', 'length'],
  ['library', 'library'],
];

/** Compares two descriptions. A part that one of them does not have is not compared. */
export function differencesOf(saved: RunDescription, now: RunDescription): Differences {
  const found = areas.flatMap(([area, key]) => {
    if (saved[key] === undefined || now[key] === undefined) return [];
    const changes = changesOf(key, saved[key], now[key]);
    return changes.length > 0 ? [[area, changes] as const] : [];
  });
  return new Map(found);
}

/** The most characters of a value that are told. */
const mostCharacters = 120;

function changesOf(path: string, saved: unknown, now: unknown): readonly string[] {
  if (JSON.stringify(saved) === JSON.stringify(now)) return [];
  if (!isRecord(saved) || !isRecord(now)) return [`${path} was ${inWords(saved)} and is ${inWords(now)}`];
  return [...new Set([...Object.keys(saved), ...Object.keys(now)])].flatMap((key) =>
    changesOf(`${path}.${key}`, saved[key], now[key]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isListOfTexts(value);
}

const isListOfTexts = (value: object): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function inWords(value: unknown): string {
  if (value === undefined) return 'absent';
  const text =
    typeof value === 'object' && value !== null && isListOfTexts(value)
      ? textOf(value)
      : JSON.stringify(value);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

const textOf = (texts: object): string => (texts as readonly string[]).join(', ') || 'empty';

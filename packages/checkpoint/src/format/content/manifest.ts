import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { invalid, newer } from './checkpoint-errors.ts';
import type { TensorNames } from './tensor-files.ts';
import type { Json } from '../values/tags.ts';

/** The version of the format that this package writes, and the only one that it reads. */
export const formatVersion = 1;

export const fileNames: {
  readonly weights: 'weights.safetensors';
  readonly state: 'state.safetensors';
} = { weights: 'weights.safetensors', state: 'state.safetensors' };
export type FileName = (typeof fileNames)[keyof typeof fileNames];

export const manifestName = 'manifest.json';

/** The most bytes of a manifest. It is compared with the size of the file before anything is read. */
export const mostManifestBytes: number = 64 * 2 ** 20;

/** The deepest nesting of a manifest: the deepest value, with the objects around it and the marks of its tags. */
const deepest = 700;

interface FileSum {
  readonly bytes: number;
  readonly sha256: string;
}

/** What a manifest says. Values that JSON does not know are tagged. */
export interface Manifest {
  readonly format: 'cantrip-checkpoint';
  readonly version: typeof formatVersion;
  /** When it was written, in ISO 8601. Nothing depends on it. */
  readonly written: string;
  /** How many steps were done. */
  readonly step: number;
  readonly files: Readonly<Record<FileName, FileSum>>;
  /** The names of the tensors, in the order of the snapshot. */
  readonly tensors: Omit<TensorNames, 'plugins'>;
  readonly plugins: readonly {
    readonly id: string;
    readonly state: Json;
    readonly variables: readonly string[];
  }[];
  /** What the snapshot holds beside these. */
  readonly snapshot: Json;
  readonly description: Json;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const names = v.array(v.string());
const json = v.custom<Json>((value) => value !== undefined);
const file = v.strictObject({
  bytes: count,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

const schema: v.GenericSchema<unknown, Manifest> = v.strictObject({
  format: v.literal('cantrip-checkpoint'),
  version: v.literal(formatVersion),
  written: v.pipe(v.string(), v.maxLength(40)),
  step: count,
  files: v.strictObject({ [fileNames.weights]: file, [fileNames.state]: file }),
  tensors: v.strictObject({ variables: names, layerStates: v.optional(names), slots: names }),
  plugins: v.array(v.strictObject({ id: v.string(), state: json, variables: names })),
  snapshot: json,
  description: json,
});

/** The text around the content, of which the sum is in the middle. */
const [begin, middle, end] = ['{\n"sha256": "', '",\n"content": ', '\n}\n'] as const;
const sumLength = 64;

/** The text of a manifest, which holds the sum of its own content. */
export function manifestText(manifest: Manifest): string {
  const content = textOf(manifest);
  return `${begin}${sumOf(content)}${middle}${content}${end}`;
}

/**
 * Reads a manifest. Only the text that {@link manifestText} writes for the same content is taken, so no key can be there twice.
 *
 * @param path - of the checkpoint, for the error
 * @throws CantripError CHECKPOINT_INVALID
 */
export function parseManifest(path: string, bytes: Uint8Array): Manifest {
  const refuse = (why: string, cause?: unknown): Error =>
    invalid(path, `has a ${manifestName} that ${why}`, cause);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw refuse('is not UTF-8', error);
  }
  const sum = text.slice(begin.length, begin.length + sumLength);
  const content = text.slice(begin.length + sumLength + middle.length, -end.length);
  if (text !== `${begin}${sum}${middle}${content}${end}`) throw refuse('is truncated or no manifest');
  if (sumOf(content) !== sum) throw refuse('was changed after it was written: its sha256 differs');
  return checked(path, content, refuse);
}

function checked(path: string, content: string, refuse: (why: string, cause?: unknown) => Error): Manifest {
  if (isTooDeep(content)) throw refuse('is nested too deep');
  if (content.includes('"__proto__":')) throw refuse('has the key __proto__');
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    throw refuse('is not JSON', error);
  }
  if (textOf(parsed) !== content) throw refuse('has a key twice, or is not as it was written');
  const version = (parsed as { readonly version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > formatVersion) throw newer(path, version, formatVersion);
  const result = v.safeParse(schema, parsed, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw refuse(`has a wrong ${v.getDotPath(issue) ?? 'content'}: ${issue.message}`);
}

/** Whether brackets outside of strings are nested deeper than a manifest can be. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > deepest) return true;
  }
  return false;
}

/** Where the string ends that begins at a place. */
function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

const textOf = (content: unknown): string => JSON.stringify(content, null, 1);

const sumOf = (content: string): string => createHash('sha256').update(content).digest('hex');

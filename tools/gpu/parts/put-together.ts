import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { type Block, type Group, type Manifest, type PackedFile, readManifest } from './manifest.ts';

/** What has been put together, and what is missing. */
export interface PutTogether {
  /** Groups whose files are all in their places, with the right hashes. */
  readonly whole: readonly string[];
  /** A line each, which says what to do. */
  readonly problems: readonly string[];
}

/** Where unfinished files lie, and which parts have been unpacked. */
const workFolder = '.put-together';

/**
 * Unpacks the parts that are there. Called again, it goes on where it was cut off and takes what has come since. A file
 * appears in its place only when its hash is right.
 */
export async function putTogether(
  parts: string,
  target: string,
  log: (line: string) => void = () => undefined,
): Promise<PutTogether> {
  const manifest = readManifest(parts);
  const problems: string[] = [];
  const missing: string[] = [];
  for (const part of manifest.parts) {
    if (isUnpacked(target, part.name, part.sha256)) continue;
    if (!existsSync(join(parts, part.name))) {
      missing.push(part.name);
      continue;
    }
    const problem = problemOf(parts, part);
    if (problem !== undefined) {
      problems.push(problem);
      continue;
    }
    unpack(readFileSync(join(parts, part.name)), groupOf(manifest, part.group), part.name, target);
    const stamp = stampOf(target, part.name);
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, part.sha256);
    log(`${part.name} is unpacked`);
  }
  if (missing.length > 0) problems.unshift(`Missing: ${missing.join(', ')}. Copy them to ${parts}.`);
  const whole: string[] = [];
  for (const group of manifest.groups) {
    const broken = await placeFiles(manifest, group, target);
    problems.push(...broken);
    if (group.files.every((file) => isInPlace(target, file))) whole.push(group.name);
  }
  return { whole, problems };
}

function groupOf({ groups }: Manifest, name: string): Group {
  const group = groups.find((candidate) => candidate.name === name);
  if (!group) throw new Error(`The manifest has no group ${name}.`);
  return group;
}

const stampOf = (target: string, part: string): string => join(target, workFolder, 'unpacked', part);

function isUnpacked(target: string, part: string, sha256: string): boolean {
  const stamp = stampOf(target, part);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sha256;
}

function problemOf(folder: string, { name, bytes, sha256 }: Manifest['parts'][number]): string | undefined {
  const path = join(folder, name);
  const size = statSync(path).size;
  if (size !== bytes) return `${name} is broken: it has ${size} of ${bytes} bytes. Copy it again.`;
  const found = createHash('sha256').update(readFileSync(path)).digest('hex');
  return found === sha256 ? undefined : `${name} is broken: its hash is not the manifest's. Copy it again.`;
}

/** A file's place in its group's stream. */
interface Placed {
  readonly file: PackedFile;
  readonly from: number;
  readonly to: number;
}

function placesOf({ files }: Group): Placed[] {
  let from = 0;
  return files.map((file) => ({ file, from, to: (from += file.bytes) }));
}

function* blocksOf({ blocks }: Group): Generator<readonly [from: number, to: number, block: Block]> {
  let from = 0;
  for (const block of blocks) yield [from, (from += block.bytes), block];
}

const unfinished = (target: string, { path }: PackedFile): string => join(target, workFolder, 'files', path);

/** Writes what a part holds of each file to its place in that file. */
function unpack(content: Buffer, group: Group, part: string, target: string): void {
  const places = placesOf(group);
  for (const [from, to, block] of blocksOf(group)) {
    if (block.part !== part) continue;
    const bytes = brotliDecompressSync(content.subarray(block.at, block.at + block.stored));
    for (const place of places) {
      if (place.to <= from || place.from >= to || isInPlace(target, place.file)) continue;
      const [first, last] = [Math.max(from, place.from), Math.min(to, place.to)];
      writeAt(unfinished(target, place.file), bytes.subarray(first - from, last - from), first - place.from);
    }
  }
}

function writeAt(path: string, bytes: Buffer, at: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, existsSync(path) ? 'r+' : 'w');
  try {
    writeSync(file, bytes, 0, bytes.length, at);
  } finally {
    closeSync(file);
  }
}

function isInPlace(target: string, { path, bytes, link }: PackedFile): boolean {
  const place = join(target, path);
  const status = statSync(place, { throwIfNoEntry: false });
  return status !== undefined && (link !== undefined || status.size === bytes);
}

/** Moves files to their places of which every part has been unpacked. @returns what is wrong with the others */
async function placeFiles(manifest: Manifest, group: Group, target: string): Promise<string[]> {
  const problems: string[] = [];
  const unpacked = new Map(
    manifest.parts.map(({ name, sha256 }) => [name, isUnpacked(target, name, sha256)] as const),
  );
  const blocks = [...blocksOf(group)];
  const done = [...unpacked].every(([part, is]) => is || blocks.every(([, , block]) => block.part !== part));
  for (const { file, from, to } of placesOf(group)) {
    if (isInPlace(target, file)) continue;
    const its = blocks.filter(([first, last]) => first < to && last > from).map(([, , { part }]) => part);
    if (file.link !== undefined) {
      if (done) placeLink(join(target, file.path), file.link);
      continue;
    }
    if (!its.every((part) => unpacked.get(part))) continue;
    const path = unfinished(target, file);
    if (file.bytes === 0) writeAt(path, Buffer.alloc(0), 0);
    if (await isWhole(path, file)) placeFile(path, join(target, file.path), file.mode);
    else {
      for (const part of new Set(its)) rmSync(stampOf(target, part), { force: true });
      problems.push(`${file.path} was put together wrongly. Run this again.`);
    }
  }
  return problems;
}

async function isWhole(path: string, { sha256 }: PackedFile): Promise<boolean> {
  if (!existsSync(path)) return false;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex') === sha256;
}

function placeFile(path: string, place: string, mode: number): void {
  chmodSync(path, mode);
  mkdirSync(dirname(place), { recursive: true });
  renameSync(path, place);
}

function placeLink(place: string, link: string): void {
  mkdirSync(dirname(place), { recursive: true });
  rmSync(place, { force: true });
  symlinkSync(link, place);
}

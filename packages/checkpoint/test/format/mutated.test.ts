import { join } from 'node:path';
import { readCheckpoint, type SavedRun, writeCheckpoint } from '@cantrip/checkpoint';
import { isCantripError } from '@cantrip/errors';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bitsOf } from './fixtures/bits-of.ts';
import {
  contentOf,
  type Files,
  filesOf,
  manifestOf,
  sealed,
  writeFiles,
} from './fixtures/checkpoint-files.ts';
import { inFolder } from './fixtures/in-folder.ts';
import { savedRun } from './fixtures/saved-run.ts';

const runs = 2000;

/** A place in a file, as a part of its length. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** Changes of bytes: some are replaced, inserted or left out, or the file is cut off. */
const change: fc.Arbitrary<(bytes: Buffer) => Buffer> = fc
  .record({
    kind: fc.constantFrom('replace', 'insert', 'omit', 'cut', 'flip'),
    at: place,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  })
  .map(({ kind, at, bytes: given }) => (bytes) => {
    const begin = Math.floor(at * bytes.length);
    const rest = kind === 'insert' ? begin : begin + given.length;
    if (kind === 'cut') return bytes.subarray(0, begin);
    if (kind === 'flip')
      return Buffer.from(
        bytes.map((byte, index) => (index === begin ? byte ^ (1 << (given[0]! & 7)) : byte)),
      );
    return Buffer.concat([
      bytes.subarray(0, begin),
      kind === 'omit' ? Buffer.of() : given,
      bytes.subarray(rest),
    ]);
  });

/** Words that a manifest may hold, put where others are. */
const wordChange: fc.Arbitrary<(text: string) => string> = fc
  .record({
    at: place,
    word: fc.constantFrom(
      'null',
      '[]',
      '{}',
      '-1',
      '1e400',
      '"$type"',
      '"shared"',
      '"same"',
      '"map"',
      '""',
      '1200',
      '"__proto__"',
      '4294967296',
      'true',
    ),
  })
  .map(({ at, word }) => (text) => {
    const words = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?[\d.e+]+|\[\]|\{\}|null|true/g)];
    const { index, 0: old } = words[Math.floor(at * words.length)]!;
    const changed = text.slice(0, index) + word + text.slice(index + old.length);
    try {
      // In the form that is read, so that what comes after it is tried too.
      return JSON.stringify(JSON.parse(changed), null, 1);
    } catch {
      return changed;
    }
  });

/** Reads files in place of a checkpoint; undefined if they are refused, as they must be: in our error, and soon. */
async function tryFiles(path: string, files: Files): Promise<SavedRun | undefined> {
  writeFiles(path, files);
  const began = process.cpuUsage();
  try {
    return await readCheckpoint(path);
  } catch (error) {
    if (!isCantripError(error)) throw error;
    expect(error.code).toMatch(/^CHECKPOINT_(INVALID|NEWER)$/);
    return undefined;
  } finally {
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1e6).toBeLessThan(1);
  }
}

it('a checkpoint whose bytes were changed is refused in our error, or is read as what was written', async () => {
  await inFolder(async (folder) => {
    const { path } = await writeCheckpoint(join(folder, 'one'), savedRun());
    const files = filesOf(path);
    const wanted = bitsOf(savedRun());
    const which = fc.constantFrom(...files.keys());
    await fc.assert(
      fc.asyncProperty(which, fc.array(change, { minLength: 1, maxLength: 3 }), async (name, changes) => {
        const bytes = changes.reduce((before, one) => one(before), files.get(name)!);
        const read = await tryFiles(path, new Map([...files, [name, bytes]]));
        if (bytes.equals(files.get(name)!)) expect(read).toBeDefined();
        if (read) expect(bitsOf(read)).toEqual(wanted);
      }),
      { numRuns: runs },
    );
  });
}, 50_000);

it('a checkpoint that was changed and given the right sums is refused in our error, or can be written again', async () => {
  await inFolder(async (folder) => {
    const { path } = await writeCheckpoint(join(folder, 'one'), savedRun());
    const files = filesOf(path);
    const tensors = fc
      .tuple(fc.constantFrom('weights.safetensors', 'state.safetensors'), change)
      .map(([name, one]) => sealed(new Map([...files, [name, one(files.get(name)!)]])));
    // The last bytes are values, which may be any.
    const values = fc
      .tuple(
        fc.constantFrom('weights.safetensors', 'state.safetensors'),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(255),
      )
      .map(([name, fromEnd, byte]) => {
        const bytes = Buffer.from(files.get(name)!);
        bytes[bytes.length - fromEnd] = byte;
        return sealed(new Map([...files, [name, bytes]]));
      });
    const words = fc.array(wordChange, { minLength: 1, maxLength: 3 }).map((changes) => {
      const content = changes.reduce((text, one) => one(text), contentOf(files.get('manifest.json')!));
      return new Map([...files, ['manifest.json', manifestOf(content)]]);
    });
    let read = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(tensors, values, words), async (changed) => {
        const saved = await tryFiles(path, changed);
        if (!saved) return void refused++;
        read++;
        if (read % 10 > 0) return undefined;
        const copy = join(folder, 'copy');
        await writeCheckpoint(copy, saved);
        expect(bitsOf(await readCheckpoint(copy))).toEqual(bitsOf(saved));
      }),
      { numRuns: runs },
    );
    expect(read).toBeGreaterThan(runs / 20);
    expect(refused).toBeGreaterThan(runs / 20);
  });
}, 50_000);

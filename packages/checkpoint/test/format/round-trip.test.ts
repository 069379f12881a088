import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointName, readCheckpoint, type SavedRun, writeCheckpoint } from '@cantrip/checkpoint';
import { describe, expect, it } from 'vitest';
import { bitsOf } from './fixtures/bits-of.ts';
import { inFolder } from './fixtures/in-folder.ts';
import { savedRun } from './fixtures/saved-run.ts';

const writtenAndRead = (saved: SavedRun): Promise<SavedRun> =>
  inFolder(async (folder) => {
    const { path } = await writeCheckpoint(join(folder, 'one'), saved);
    return await readCheckpoint(path);
  });

describe('a run that is written and read', () => {
  it('is the same to the bit: names, NaN payloads, holes, dates, maps, cycles and the order of keys', async () => {
    const saved = savedRun();
    const read = await writtenAndRead(saved);
    expect(bitsOf(read)).toEqual(bitsOf(saved));
  });

  it('shares no memory with what was written', async () => {
    const saved = savedRun(3, 'plain');
    const read = await writtenAndRead(saved);
    read.snapshot.variables['w']!.values[0] = 99;
    expect(saved.snapshot.variables['w']!.values[0]).toBe(3);
  });

  it('may have no tensors at all', async () => {
    const { snapshot } = savedRun(1, 'plain');
    const saved = { snapshot: { ...snapshot, variables: {}, slots: {}, plugins: {} }, description: {} };
    expect(await writtenAndRead(saved)).toStrictEqual(saved);
  });

  it('keeps values of a later trainer that are not known here', async () => {
    const { snapshot } = savedRun(1, 'plain');
    const later = { ...snapshot, horizon: { steps: Infinity }, stream: Uint32Array.of(1, 2) };
    const saved = { snapshot: later, description: {} };
    expect(await writtenAndRead(saved)).toStrictEqual(saved);
  });

  it('takes as many bytes as it says, in three files', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'deep', 'er', checkpointName(1200));
      const written = await writeCheckpoint(path, savedRun());
      const names = readdirSync(path).sort();
      expect(names).toEqual(['manifest.json', 'state.safetensors', 'weights.safetensors']);
      const bytes = names.map((name) => statSync(join(path, name)).size).reduce((sum, each) => sum + each, 0);
      expect(written).toEqual({ path, bytes });
      expect(readdirSync(join(folder, 'deep', 'er'))).toEqual(['step-0000001200']);
    });
  });

  it('stays as it is where it is written again with the same content', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'same');
      await writeCheckpoint(path, savedRun());
      const { ino } = statSync(path);
      const manifest = readFileSync(join(path, 'manifest.json'), 'utf8');
      await writeCheckpoint(path, savedRun());
      expect(statSync(path).ino).toBe(ino);
      expect(readFileSync(join(path, 'manifest.json'), 'utf8')).toBe(manifest);
      expect(readdirSync(folder)).toEqual(['same']);
    });
  });

  it('is replaced as a whole by another content', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'latest');
      await writeCheckpoint(path, savedRun(1));
      await writeCheckpoint(path, savedRun(2, 'plain'));
      expect(await readCheckpoint(path)).toStrictEqual(savedRun(2, 'plain'));
      expect(readdirSync(folder)).toEqual(['latest']);
    });
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCheckpoint, writeCheckpoint } from '@cantrip/checkpoint';
import { describe, expect, it } from 'vitest';
import { bitsOf } from './fixtures/bits-of.ts';
import { filesOf } from './fixtures/checkpoint-files.ts';
import { inFolder } from './fixtures/in-folder.ts';
import { savedRun } from './fixtures/saved-run.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(`golden/${name}`, import.meta.url));

interface Read {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly bytes: string;
}

const { cases } = JSON.parse(readFileSync(pathOf('python.json'), 'utf8')) as {
  readonly cases: {
    readonly manifest: { readonly step: number; readonly sha256: string };
    readonly 'weights.safetensors': { readonly tensors: readonly Read[] };
    readonly 'state.safetensors': { readonly tensors: readonly Read[] };
  };
};

type Tensors = ReturnType<typeof savedRun>['snapshot']['variables'];

/** Tensors in the words of NumPy. */
function asRead(tensors: Tensors, prefix = ''): readonly Read[] {
  return Object.entries(tensors).map(([name, { dtype, shape, values }]) => ({
    name: `${prefix}${name}`,
    type: dtype,
    shape,
    bytes: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex'),
  }));
}

const sorted = (tensors: readonly Read[]): readonly Read[] =>
  [...tensors].sort((left, right) => (left.name < right.name ? -1 : 1));

describe('a checkpoint of version 1 that was written before', () => {
  it('is read to the bit', async () => {
    expect(bitsOf(await readCheckpoint(pathOf('version-1')))).toEqual(bitsOf(savedRun()));
  });

  it("has the parameters' names, types, shapes and bytes in Python's safetensors", () => {
    const { snapshot } = savedRun();
    expect(sorted(cases['weights.safetensors'].tensors)).toEqual(sorted(asRead(snapshot.variables)));
    const state = [
      ...asRead(snapshot.slots, 'slots/'),
      ...asRead(snapshot.layerStates ?? {}, 'layerStates/'),
      ...Object.entries(snapshot.plugins).flatMap(([id, { variables }]) =>
        asRead(variables, `plugins/${encodeURIComponent(id)}/`),
      ),
    ];
    expect(sorted(cases['state.safetensors'].tensors)).toEqual(sorted(state));
  });

  it('has the sum that Python computes, and files of tensors that are written the same today', async () => {
    const before = filesOf(pathOf('version-1'));
    expect(before.get('manifest.json')!.toString('utf8')).toContain(`"sha256": "${cases.manifest.sha256}"`);
    await inFolder(async (folder) => {
      const { path } = await writeCheckpoint(join(folder, 'one'), savedRun());
      const now = filesOf(path);
      for (const name of ['weights.safetensors', 'state.safetensors'])
        expect(now.get(name)!.equals(before.get(name)!), name).toBe(true);
    });
  });
});

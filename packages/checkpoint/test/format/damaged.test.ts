import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { checkpointName, newestCheckpoint, readCheckpoint, writeCheckpoint } from '@cantrip/checkpoint';
import { describe, expect, it } from 'vitest';
import { contentOf, manifestOf } from './fixtures/checkpoint-files.ts';
import { inFolder } from './fixtures/in-folder.ts';
import { savedRun } from './fixtures/saved-run.ts';

type Damage = (path: string) => void;

function flipBit(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  writeFileSync(file, bytes);
}

/** Changes the content of a manifest, and gives it the right sum, as someone would who wants it to be read. */
function rewrite(path: string, change: (content: string) => string): void {
  const file = join(path, 'manifest.json');
  writeFileSync(file, manifestOf(change(contentOf(readFileSync(file)))));
}

const changed: (change: (content: Record<string, unknown>) => void) => Damage = (change) => (path) =>
  rewrite(path, (text) => {
    const content = JSON.parse(text) as Record<string, unknown>;
    change(content);
    return JSON.stringify(content, null, 1);
  });

const damages: Readonly<Record<string, readonly [Damage, what: RegExp, code?: string]>> = {
  'a truncated file of weights': [
    (path) => truncateSync(join(path, 'weights.safetensors'), 40),
    /has a weights\.safetensors that has 40 bytes instead of \d+/,
  ],
  'a longer file': [
    (path) => appendFileSync(join(path, 'state.safetensors'), 'x'),
    /has a state\.safetensors that has \d+ bytes instead of \d+/,
  ],
  'a bit that flipped in a tensor': [
    (path) => flipBit(join(path, 'weights.safetensors'), -1),
    /weights\.safetensors that was changed after it was written: its sha256 differs/,
  ],
  'a bit that flipped in the manifest': [
    (path) => flipBit(join(path, 'manifest.json'), 300),
    /manifest\.json that was changed after it was written: its sha256 differs/,
  ],
  'a truncated manifest': [
    (path) => truncateSync(join(path, 'manifest.json'), 500),
    /manifest\.json that is truncated or no manifest/,
  ],
  'an empty manifest': [(path) => truncateSync(join(path, 'manifest.json'), 0), /truncated or no manifest/],
  'no manifest': [
    (path) => rmSync(join(path, 'manifest.json')),
    /has no manifest\.json, so it is no checkpoint or was not written to its end/,
  ],
  'a missing file': [(path) => rmSync(join(path, 'state.safetensors')), /has no state\.safetensors/],
  'another file': [
    (path) => writeFileSync(join(path, 'notes.txt'), ''),
    /holds notes\.txt, which is no part of a checkpoint/,
  ],
  'swapped files': [
    (path) => {
      const [one, two] = [join(path, 'weights.safetensors'), join(path, 'state.safetensors')];
      renameSync(one, join(path, 'x'));
      renameSync(two, one);
      renameSync(join(path, 'x'), two);
    },
    /has a weights\.safetensors that has \d+ bytes instead of \d+/,
  ],
  'a file that is a link': [
    (path) => {
      renameSync(join(path, 'weights.safetensors'), `${path}-elsewhere`);
      symlinkSync(`${path}-elsewhere`, join(path, 'weights.safetensors'));
    },
    /has a weights\.safetensors that is a link or no ordinary file/,
  ],
  'a file that is a folder': [
    (path) => {
      rmSync(join(path, 'weights.safetensors'));
      mkdirSync(join(path, 'weights.safetensors'));
    },
    /weights\.safetensors that is a link or no ordinary file/,
  ],
  'the version of a newer release': [
    changed((content) => (content['version'] = 2)),
    /was written by a newer release, in version 2 of the format; this release reads version 1/,
    'CHECKPOINT_NEWER',
  ],
  'a path in place of a name': [
    changed((content) => {
      const files = content['files'] as Record<string, unknown>;
      files['../weights.safetensors'] = files['weights.safetensors'];
      delete files['weights.safetensors'];
    }),
    /has a wrong files\.weights\.safetensors: /,
  ],
  'a file of a negative size': [
    changed((content) => {
      (content['files'] as Record<string, { bytes: number }>)['weights.safetensors']!.bytes = -1;
    }),
    /has a wrong files\.weights\.safetensors\.bytes: /,
  ],
  'a file of a huge size': [
    changed((content) => {
      (content['files'] as Record<string, { bytes: number }>)['weights.safetensors']!.bytes = 2 ** 52;
    }),
    // The largest buffer depends on the release of Node.js.
    /weights\.safetensors that (is larger than Node\.js can hold|has \d+ bytes instead of 4503599627370496)/,
  ],
  'a tensor that the file does not have': [
    changed((content) => (content['tensors'] as { slots: string[] }).slots.push('m/ghost')),
    /names the tensor "slots\/m\/ghost", which state\.safetensors does not have/,
  ],
  'a tensor that is not named': [
    changed((content) => (content['tensors'] as { variables: string[] }).variables.pop()),
    /does not name the tensor "a-last" of weights\.safetensors/,
  ],
  'a step that differs from that of the snapshot': [
    changed((content) => (content['step'] = 1201)),
    /manifest\.json with two different steps/,
  ],
  'a key that this release does not know': [
    changed((content) => (content['command'] = 'rm')),
    /has a wrong command: /,
  ],
  'a key twice': [
    (path) => rewrite(path, (text) => text.replace('"step": 1200,', '"step": 1,\n "step": 1200,')),
    /has a key twice, or is not as it was written/,
  ],
  'the key __proto__': [
    (path) => rewrite(path, (text) => text.replace('"model":', '"__proto__":')),
    /has the key __proto__/,
  ],
  'the key __proto__ among entries': [
    changed((content) => {
      content['description'] = { $type: 'object', entries: [['__proto__', { polluted: true }]] };
    }),
    /whose description holds the key __proto__/,
  ],
  'a value of an unknown type': [
    changed((content) => (content['description'] = { run: { $type: 'function', value: 'process.exit' } })),
    /whose description holds a value of the unknown type "function"/,
  ],
  'a description that is no object': [
    changed((content) => (content['description'] = [])),
    /whose description is no plain object/,
  ],
  'a manifest that is nested very deep': [
    (path) => rewrite(path, () => '['.repeat(1e6) + ']'.repeat(1e6)),
    /is nested too deep/,
  ],
  'a manifest that is not UTF-8': [
    (path) => appendFileSync(join(path, 'manifest.json'), Uint8Array.of(0xff)),
    /is not UTF-8/,
  ],
  'a manifest that is no JSON': [(path) => rewrite(path, () => '{"a": 1'), /is not JSON/],
  'a manifest of another program': [(path) => rewrite(path, () => '[]'), /has a wrong /],
};

describe('a checkpoint that is damaged is refused in one sentence', () => {
  for (const [name, [damage, what, code = 'CHECKPOINT_INVALID']] of Object.entries(damages)) {
    it(`${name}, and the one before it is taken`, async () => {
      await inFolder(async (folder) => {
        const earlier = await writeCheckpoint(join(folder, checkpointName(3)), savedRun(3, 'plain'));
        const { path } = await writeCheckpoint(join(folder, checkpointName(1200)), savedRun());
        damage(path);
        await expect(readCheckpoint(path)).rejects.toMatchObject({
          code,
          message: expect.stringMatching(what) as string,
        });
        const { found, passedOver } = await newestCheckpoint(folder);
        expect(found?.path).toBe(earlier.path);
        expect(passedOver).toEqual([{ path, why: expect.stringMatching(what) as string }]);
      });
    });
  }

  it('a manifest of 65 MiB is refused before it is read', async () => {
    await inFolder(async (folder) => {
      const { path } = await writeCheckpoint(join(folder, 'large'), savedRun(1, 'plain'));
      truncateSync(join(path, 'manifest.json'), 65 * 2 ** 20);
      await expect(readCheckpoint(path)).rejects.toThrow(
        'has a manifest.json that has 68157440 bytes, but at most 67108864 are read',
      );
    });
  });

  it('nothing, a file and a folder of something else are told apart', async () => {
    await inFolder(async (folder) => {
      await expect(readCheckpoint(join(folder, 'none'))).rejects.toMatchObject({
        code: 'CHECKPOINT_READ',
        what: `${join(folder, 'none')} cannot be read: it does not exist (ENOENT)`,
      });
      writeFileSync(join(folder, 'file'), '');
      await expect(readCheckpoint(join(folder, 'file'))).rejects.toThrow('is no folder');
      await expect(readCheckpoint(folder)).rejects.toThrow('has no manifest.json');
    });
  });
});

describe('the newest checkpoint of a folder', () => {
  it('is that of the highest step, whatever the clock said and in whatever order they were written', async () => {
    await inFolder(async (folder) => {
      for (const step of [1000, 9, 100_000, 20])
        await writeCheckpoint(join(folder, checkpointName(step)), savedRun(step, 'plain'));
      const { found, passedOver } = await newestCheckpoint(folder);
      expect(found?.saved.snapshot.position.step).toBe(100_000);
      expect(passedOver).toEqual([]);
    });
  });

  it('is not one that was copied to the name of another step', async () => {
    await inFolder(async (folder) => {
      const { path } = await writeCheckpoint(join(folder, checkpointName(5)), savedRun(5, 'plain'));
      const copy = join(folder, checkpointName(6));
      cpSync(path, copy, { recursive: true });
      const { found, passedOver } = await newestCheckpoint(folder);
      expect(found?.path).toBe(path);
      expect(passedOver).toEqual([
        { path: copy, why: `${copy} is the checkpoint of step 5 under the name of another step` },
      ]);
    });
  });

  it('is none where there is no folder, and where no checkpoint is whole each is named with its reason', async () => {
    await inFolder(async (folder) => {
      expect(await newestCheckpoint(join(folder, 'none'))).toEqual({ passedOver: [] });
      const { path } = await writeCheckpoint(join(folder, checkpointName(5)), savedRun(5, 'plain'));
      rmSync(join(path, 'manifest.json'));
      expect(await newestCheckpoint(folder)).toMatchObject({ passedOver: [{ path }] });
    });
  });

  it('is found among files and folders of other names', async () => {
    await inFolder(async (folder) => {
      const { path } = await writeCheckpoint(join(folder, checkpointName(5)), savedRun(5, 'plain'));
      mkdirSync(join(folder, 'step-5'));
      mkdirSync(join(folder, 'step-99999999999999999999'));
      mkdirSync(join(folder, '.step-0000000009.unfinished'));
      copyFileSync(join(path, 'manifest.json'), join(folder, 'manifest.json'));
      expect(await newestCheckpoint(folder)).toMatchObject({ found: { path }, passedOver: [] });
    });
  });
});

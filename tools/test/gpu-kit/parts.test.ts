import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFirstPart } from '../../gpu/collect/first-part.ts';
import { cutIntoParts } from '../../gpu/parts/cut-into-parts.ts';
import type { GivenGroup } from '../../gpu/parts/given-files.ts';
import { putTogether } from '../../gpu/parts/put-together.ts';

let folder: string;
let parts: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cantrip-gpu-kit-'));
  [parts, target] = [join(folder, 'parts'), join(folder, 'target')];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Bytes that do not get smaller, so that parts are many. */
function noise(length: number, seed: number): Buffer {
  let state = seed;
  return Buffer.from(Uint8Array.from({ length }, () => (state = (state * 48271) % 2147483647) & 255));
}

const library = noise(300_000, 1);
const second = noise(90_000, 2);
const groups: readonly GivenGroup[] = [
  {
    name: 'kit',
    files: [
      { path: 'tools/empty.ts', source: Buffer.alloc(0), mode: 0o644 },
      { path: 'tools/main.ts', source: Buffer.from('console.log(1);\n'), mode: 0o644 },
      { path: 'node_modules/linked', source: Buffer.alloc(0), mode: 0o777, link: '../tools' },
    ],
  },
  {
    name: 'cuda',
    files: [
      { path: 'runtime/lib/libone.so', source: library, mode: 0o755 },
      { path: 'runtime/lib/libtwo.so', source: second, mode: 0o644 },
    ],
  },
];

const cut = async (): Promise<string[]> => {
  const manifest = await cutIntoParts(groups, parts, { partBytes: 70_000, blockBytes: 30_000 });
  return manifest.parts.map(({ name }) => name);
};

function expectAll(): void {
  expect(readFileSync(join(target, 'tools/main.ts'), 'utf8')).toBe('console.log(1);\n');
  expect(statSync(join(target, 'tools/empty.ts')).size).toBe(0);
  expect(readFileSync(join(target, 'runtime/lib/libone.so')).equals(library)).toBe(true);
  expect(readFileSync(join(target, 'runtime/lib/libtwo.so')).equals(second)).toBe(true);
  expect(statSync(join(target, 'runtime/lib/libone.so')).mode & 0o777).toBe(0o755);
  expect(lstatSync(join(target, 'node_modules/linked')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(target, 'node_modules/linked/main.ts'), 'utf8')).toContain('console');
}

it('what was cut into parts is put together to the same bytes, modes and links', async () => {
  const names = await cut();
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) expect(statSync(join(parts, name)).size).toBeLessThanOrEqual(70_000);
  expect(await putTogether(parts, target)).toEqual({ whole: ['kit', 'cuda'], problems: [] });
  expectAll();
});

it('a missing part is named, the other groups are whole, and the part is enough later', async () => {
  await cut();
  const missing = join(parts, 'part-04');
  const kept = readFileSync(missing);
  rmSync(missing);
  expect(await putTogether(parts, target)).toEqual({
    whole: ['kit'],
    problems: [`Missing: part-04. Copy them to ${parts}.`],
  });
  expect(existsSync(join(target, 'runtime/lib/libone.so'))).toBe(false);
  // Parts that are unpacked already may be gone by now.
  for (const name of readdirSync(parts)) if (name !== 'manifest.json') rmSync(join(parts, name));
  writeFileSync(missing, kept);
  expect(await putTogether(parts, target)).toEqual({ whole: ['kit', 'cuda'], problems: [] });
  expectAll();
});

it('a broken or truncated part is named and never unpacked', async () => {
  await cut();
  const broken = readFileSync(join(parts, 'part-03'));
  writeFileSync(join(parts, 'part-03'), Buffer.from(broken).fill(0, 100, 110));
  truncateSync(join(parts, 'part-05'), 99);
  const { whole, problems } = await putTogether(parts, target);
  expect(whole).toEqual(['kit']);
  expect(problems).toEqual([
    "part-03 is broken: its hash is not the manifest's. Copy it again.",
    expect.stringMatching(/^part-05 is broken: it has 99 of \d+ bytes\. Copy it again\.$/),
  ]);
  expect(existsSync(join(target, 'runtime/lib/libone.so'))).toBe(false);
});

it('goes on where it was cut off, also in the middle of a file', async () => {
  await cut();
  let unpacked = 0;
  const interrupted = putTogether(parts, target, () => {
    if (++unpacked === 3) throw new Error('cut off');
  });
  await expect(interrupted).rejects.toThrow('cut off');
  // What was being written then may be anything.
  const unfinished = join(target, '.put-together/files/runtime/lib/libone.so');
  const begun = readFileSync(unfinished);
  writeFileSync(unfinished, begun.fill(0, begun.length - 5));
  const again: string[] = [];
  await putTogether(parts, target, (line) => again.push(line));
  const { whole } = await putTogether(parts, target, (line) => again.push(line));
  expect(whole).toEqual(['kit', 'cuda']);
  expectAll();
  expect(again).not.toContain('part-01 is unpacked');
});

it('a manifest that cannot be read ends in one sentence', async () => {
  mkdirSync(parts);
  await expect(putTogether(parts, target)).rejects.toThrow(
    /manifest\.json cannot be read \(ENOENT.*Copy it there again\./,
  );
  writeFileSync(join(parts, 'manifest.json'), '{"format":2}');
  await expect(putTogether(parts, target)).rejects.toThrow('has the format 2, not 1.');
});

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** As on a bare machine: no environment but a path without Node. */
function assemble(): Promise<Ended> {
  const bare = join(folder, 'bare');
  mkdirSync(bare, { recursive: true });
  return new Promise((resolve) => {
    const args = [join(parts, 'assemble.sh'), parts, target];
    execFile('/bin/sh', args, { env: { PATH: '/usr/bin:/bin' }, cwd: bare }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

it('assemble.sh unpacks Node first and then the rest, and says what is missing or broken', async () => {
  const node = join(folder, 'node');
  writeFileSync(node, `#!/bin/sh\nexec ${process.execPath} "$@"\n`);
  chmodSync(node, 0o755);
  await writeFirstPart(parts, node);
  await cut();
  const [first, part] = [join(parts, 'part-00.tar.gz'), join(parts, 'part-02')];
  copyFileSync(first, join(folder, 'whole'));
  truncateSync(first, 50);
  expect(await assemble()).toEqual({
    code: 3,
    output: expect.stringContaining('part-00.tar.gz is broken') as string,
  });
  copyFileSync(join(folder, 'whole'), first);
  const kept = readFileSync(part);
  rmSync(part);
  const { code, output } = await assemble();
  expect(code).toBe(3);
  expect(output).toContain('part-00 is unpacked');
  expect(output).toContain('Missing: part-02.');
  writeFileSync(part, kept);
  expect(await assemble()).toEqual({ code: 0, output: 'part-02 is unpacked\nwhole: kit, cuda\n' });
  expectAll();
}, 60_000);

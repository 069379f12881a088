import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Writes `part-00.tar.gz`, the one that every machine can unpack: Node and the program that unpacks the others. Its
 * hash is in `part-00.sha256`, and `assemble.sh` lies beside it.
 *
 * @param node - the Node to pack; a test packs a small script in its place
 * @returns its bytes
 */
export async function writeFirstPart(folder: string, node: string): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'cantrip-first-part-'));
  try {
    mkdirSync(join(scratch, 'bin'));
    copyFileSync(node, join(scratch, 'bin/node'));
    chmodSync(join(scratch, 'bin/node'), 0o755);
    strip(join(scratch, 'bin/node'));
    await build({
      entryPoints: [join(here, '../parts/main.ts')],
      outfile: join(scratch, 'bin/put-together.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      logLevel: 'error',
    });
    mkdirSync(folder, { recursive: true });
    const part = join(folder, 'part-00.tar.gz');
    execFileSync('tar', ['-C', scratch, '-cf', join(scratch, 'part.tar'), 'bin']);
    execFileSync('gzip', ['-9', '-n', join(scratch, 'part.tar')]);
    copyFileSync(join(scratch, 'part.tar.gz'), part);
    const content = readFileSync(part);
    const sha256 = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(folder, 'part-00.sha256'), `${sha256}  part-00.tar.gz\n`);
    copyFileSync(join(here, '../assemble.sh'), join(folder, 'assemble.sh'));
    return content.length;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Symbols for debuggers are an eighth of Node. Where there is no strip, they stay. */
function strip(file: string): void {
  try {
    execFileSync('strip', [file], { stdio: 'ignore' });
  } catch {
    // The part is larger by that.
  }
}

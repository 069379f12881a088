import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { vi } from 'vitest';

const programs = ['sh', 'mkdir', 'ln', 'touch', 'sleep', 'cat', 'env', 'chmod'];

/** A program named uv, in a PATH that has no other but the shell's own. */
export function fakeUv(root: string, script: string): void {
  const bin = join(root, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(bin, 'uv'),
    `#!/bin/sh\n[ "$1" = --version ] && exit 0\n# As the real one.\n[ "$2" = --version ] && exit 2\n${script}\n`,
  );
  chmodSync(join(bin, 'uv'), 0o755);
  for (const name of programs) {
    const real = ['/bin', '/usr/bin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (!existsSync(join(bin, name))) symlinkSync(real!, join(bin, name));
  }
  vi.stubEnv('PATH', bin);
}

/** Lays out a wheel as `uv pip install --target FOLDER` does; the library itself is a link to the real one. */
export function layOutWheel(library: string): string {
  const wheel = dirname(library);
  return `
folder=$4
mkdir -p "$folder/tensorflow/python" "$folder/tensorflow_cpu-2.21.0.dist-info" "$folder/bin"
touch "$folder/tensorflow/python/big.py" "$folder/tensorflow/THIRD_PARTY_NOTICES.txt" "$folder/bin/tool"
echo 'Name: tensorflow' > "$folder/tensorflow_cpu-2.21.0.dist-info/METADATA"
touch "$folder/tensorflow_cpu-2.21.0.dist-info/RECORD"
ln -s "${wheel}/libtensorflow_cc.so.2" "${wheel}/libtensorflow_framework.so.2" "$folder/tensorflow/"`;
}

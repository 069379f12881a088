import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GivenFile, givenFile } from '../parts/given-files.ts';

/**
 * CUDA libraries that TensorFlow opens at its start, and that no training step of this kit calls. An empty library of the
 * name takes the place of each, in this kit alone: a call into one ends the process with TensorFlow's own message.
 */
export const standIns: Readonly<Record<string, string>> = {
  'libcufft.so.11': 'Fourier transforms',
  'libcusolver.so.11': 'decompositions of matrices',
  'libcusparse.so.12': 'sparse matrices',
};

/** Compiles them with gcc. */
export function standInLibraries(scratch: string): GivenFile[] {
  mkdirSync(scratch, { recursive: true });
  const source = join(scratch, 'empty.c');
  writeFileSync(source, '');
  return Object.keys(standIns).map((name) => {
    const library = join(scratch, name);
    execFileSync('gcc', ['-shared', '-nostdlib', `-Wl,-soname,${name}`, '-o', library, source]);
    return givenFile(`runtime/nvidia/stand_ins/lib/${name}`, library);
  });
}

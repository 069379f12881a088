/**
 * Reads random safetensors files, right ones and mutated ones, and compares with what Python's safetensors makes of them.
 *
 *     main.ts COUNT                      with the verdicts of Python that are committed
 *     main.ts COUNT PYTHON               with Python's safetensors itself, e.g. .venv/bin/python
 *     main.ts COUNT PYTHON --keep        also commits the verdicts
 *
 * It prints one line of JSON: what came of the files, and every fault.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { refusedDigest } from './content-digest.ts';
import { disagreements, kindOf } from './disagreements.ts';
import { mutatedFile } from './mutated-file.ts';
import { tryFile } from './try-file.ts';

const seed = 20261128;
const chunkSize = 1000;
const [count = '20000', python, keep] = process.argv.slice(2);
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const verdictsPath = pathOf('../golden/verdicts.bin');
const verdictsOfPath = pathOf('../golden/verdicts.json');

const faults: string[] = [];
const found = { read: 0, refused: 0, slowestMilliseconds: 0, mostBuffersPerByte: 0 };
const kinds = Object.fromEntries(Object.keys(disagreements).map((kind) => [kind, 0]));
const hash = createHash('sha256');
const verdicts: string[] = [];
const kept = python ? undefined : readFileSync(verdictsPath).toString('hex');

for (let begin = 0; begin < Number(count); begin += chunkSize) {
  const files = fc.sample(mutatedFile, { numRuns: chunkSize, seed: seed + begin });
  const ofPython = python ? askPython(python, files) : kept!.slice(8 * begin, 8 * (begin + chunkSize));
  if (keep === '--keep') verdicts.push(ofPython);
  for (const [index, file] of files.entries()) {
    hash.update(file);
    check(file, ofPython.slice(8 * index, 8 * (index + 1)));
  }
}

function check(file: Uint8Array, ofPython: string): void {
  const { digest, message, milliseconds, buffers, fault } = tryFile(file);
  if (fault !== undefined) report(file, fault);
  if (digest === refusedDigest) found.refused++;
  else found.read++;
  found.slowestMilliseconds = Math.max(found.slowestMilliseconds, milliseconds);
  found.mostBuffersPerByte = Math.max(found.mostBuffersPerByte, buffers / Math.max(file.length, 1));
  if (digest === ofPython) return;
  const kind = digest === refusedDigest ? kindOf(message) : undefined;
  if (kind === undefined) report(file, `Python's verdict is ${ofPython}, ours ${digest} ${message}`);
  else kinds[kind] = kinds[kind]! + 1;
}

function report(file: Uint8Array, fault: string): void {
  if (faults.length < 5) faults.push(`${fault}: ${Buffer.from(file).toString('latin1').slice(0, 700)}`);
}

/** The digests of what Python reads, one after the other. */
function askPython(program: string, files: readonly Uint8Array[]): string {
  const input = Buffer.concat(
    files.flatMap((file) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(file.length);
      return [length, file];
    }),
  );
  const script = pathOf('../../../../tools/golden/safetensors_verdicts.py');
  const { status, stdout, stderr } = spawnSync(program, [script], { input, maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`Python failed: ${stderr.toString()}`);
  return stdout.toString('hex');
}

const inputs = { count: Number(count), seed, sha256: hash.digest('hex') };
if (keep === '--keep') {
  writeFileSync(verdictsPath, Buffer.from(verdicts.join(''), 'hex'));
  const about = {
    source:
      'four bytes of the hash of what safetensors.deserialize and safe_open(…).metadata() read; 0 where they refuse',
    versions: { safetensors: '0.8.0' },
    command: 'npm run fuzz:safetensors -- 20000 .venv/bin/python --keep',
    inputs,
  };
  writeFileSync(verdictsOfPath, `${JSON.stringify(about, undefined, 2)}\n`);
}
console.log(JSON.stringify({ inputs, ...found, kinds, faults }));

/**
 * `modes.ts DEVICE SMALL`: what the modes of cudnn-tuner, TF32 and seed's deterministic ops cost, by how much they change the
 * weights, and whether two processes end with the same bits. Each mode trains the same steps in two processes of its own.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeResult } from '../../benchmarks/measuring/measure.ts';
import { measuredHere } from '../../benchmarks/measuring/measured-here.ts';
import { modes } from './mode-plugins.ts';
import type { ModeReport } from './modes-child.ts';

const [device = 'cuda', small] = process.argv.slice(2);
const child = fileURLToPath(new URL('modes-child.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cantrip-modes-'));

interface Trained extends ModeReport {
  readonly weights: Float32Array;
}

async function train(mode: string, turn: number): Promise<Trained> {
  const file = join(folder, `${Object.keys(modes).indexOf(mode)}-${turn}`);
  const args = [
    '--conditions=@cantrip/source',
    '--import',
    'tsx',
    child,
    device,
    small ?? 'false',
    mode,
    file,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const bytes = readFileSync(file);
  const report = JSON.parse(stdout.trim().split('\n').at(-1)!) as ModeReport;
  return { ...report, weights: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) };
}

const difference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

try {
  const rows: Record<string, object> = {};
  let plain: Float32Array | undefined;
  for (const mode of Object.keys(modes)) {
    try {
      const [first, second] = [await train(mode, 0), await train(mode, 1)];
      plain ??= first.weights;
      rows[mode] = {
        stepMilliseconds: [first.stepMilliseconds, second.stepMilliseconds],
        firstEpochMilliseconds: first.firstEpochMilliseconds,
        loss: first.loss,
        bitsRepeat: Buffer.from(first.weights.buffer).equals(Buffer.from(second.weights.buffer)),
        mostDifferenceFromFirstMode: Number(difference(first.weights, plain).toPrecision(3)),
      };
    } catch (error) {
      // A mode may refuse a network, e.g. for an op without a deterministic form.
      rows[mode] = { failed: (error as Error).message.trim().split('\n').slice(-6).join('\n') };
    }
  }
  writeResult('modes', { ...measuredHere(), what: 'captured steps of ResNet-20 at batch 64', modes: rows });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

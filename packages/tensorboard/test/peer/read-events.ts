import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireTestPython, runPython } from '../../../../tools/python-peers/test-python.ts';

/** A point of a curve. What JSON has no number for is a text: `nan`, `inf`. */
type Point = readonly [step: number, value: number | string];

/** What TensorBoard's own reader finds in a folder. */
export interface DrawnRun {
  readonly scalars: Readonly<Record<string, readonly Point[]>>;
  readonly histograms: Readonly<Record<string, readonly DrawnHistogram[]>>;
  readonly images: Readonly<
    Record<string, readonly { step: number; size: number[]; shape: number[]; pixels: number[] }[]>
  >;
  readonly texts: Readonly<Record<string, readonly (readonly [number, string])[]>>;
  readonly hparams: Readonly<Record<string, string | number | boolean>>;
}

export interface DrawnHistogram {
  readonly step: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** The Python with TensorBoard, if there is one. */
export const python: string | undefined = requireTestPython();

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What TensorBoard draws of a folder, by the runs below it. */
export const drawnIn = (folder: string): Readonly<Record<string, DrawnRun>> =>
  runPython(python!, program('./read_events.py'), [folder]) as Readonly<Record<string, DrawnRun>>;

/** NumPy's histograms of the lists in a JSON file. */
export const numpyHistograms = (file: string): readonly { counts: number[]; limits: number[] }[] =>
  runPython(python!, program('./numpy_histogram.py'), [file]) as { counts: number[]; limits: number[] }[];

/** Does something in a new folder, which is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-tensorboard-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

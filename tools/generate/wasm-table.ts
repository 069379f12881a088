import type { Measurement } from '../benchmarks/measuring/result-files.ts';
import type { Spread } from '../benchmarks/measuring/spread.ts';
import { spread } from '../benchmarks/step/page/figures.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { markdownTable } from '../markdown/markdown-table.ts';

/** results/wasm-cases.json: a case to its times. */
export interface WasmResults extends Measurement {
  readonly threads: number;
  readonly rounds: number;
  readonly cases: Readonly<Record<string, WasmCase>>;
}

interface WasmCase {
  readonly title: string;
  /** The step time of Cantrip over that of TensorFlow.js. */
  readonly ratio: Spread;
  /** The same over that of Cantrip on one thread. */
  readonly overOneThread: Spread;
  /** On one thread without SIMD. */
  readonly overNoSimd: Spread;
}

const file = 'tools/benchmarks/results/wasm-cases.json';

/** The time of a training step on wasm over that of TensorFlow.js, of one thread, and of one thread without SIMD. */
export function wasmTable({ files }: Workspace): string {
  const text = files.get(file);
  if (text === undefined) return 'Not measured yet.\n';
  const { date, machine, threads, rounds, cases } = JSON.parse(text) as WasmResults;
  const table = markdownTable(
    ['a training step of', 'TensorFlow.js', 'Cantrip on one thread', 'Cantrip on one thread, without SIMD'],
    Object.values(cases).map(({ title, ...ratios }) => [
      title,
      spread(ratios.ratio),
      spread(ratios.overOneThread),
      spread(ratios.overNoSimd),
    ]),
  );
  const where = `${threads} threads of ${machine.hardware}, ${date}`;
  return `${table}\nCantrip's time with all threads and SIMD over theirs. Median and quartiles of ${rounds} rounds; ${where}: [wasm-cases.json](../../${file}).\n`;
}

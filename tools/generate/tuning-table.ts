import { cases } from '../benchmarks/step/cases/cases.ts';
import type { TuningResult, TuningResults } from '../benchmarks/tuning/tuning-results.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { markdownTable } from '../markdown/markdown-table.ts';

const file = 'tools/benchmarks/results/tuning.json';

/** The settings that cudnn-tuner's mode measure chooses, and the time that they save. */
export function tuningTable({ files }: Workspace): string {
  const text = files.get(file);
  if (text === undefined) return 'Not measured yet.\n';
  const { cases: results, machine, date } = JSON.parse(text) as TuningResults;
  const rows = Object.entries(results).map(([name, result]) => [
    cases.find((one) => one.name === name)?.title ?? name,
    inWords(result),
    result.ratio.toFixed(2),
  ]);
  const table = markdownTable(['a step of', '`measure` chose', 'its time / the defaults'], rows);
  const link = `[tuning.json](../../${file})`;
  return `${table}\nMeasured in turns, defaults and choice, each in its own processes; ${machine.cores} cores of ${machine.hardware}, ${date}: ${link}.\n`;
}

function inWords({ environment, compile }: TuningResult): string {
  const words = [
    ...Object.entries(environment).map(([variable, value]) => `\`${variable}=${value}\``),
    ...(compile ? ['XLA'] : []),
  ];
  return words.join(', ') || "TensorFlow's defaults";
}

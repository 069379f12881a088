import type { Workspace } from '../workspace/workspace.ts';
import { markdownTable } from '../markdown/markdown-table.ts';

interface Times {
  readonly date: string;
  readonly machine: { readonly hardware: string; readonly cores: number };
  readonly cases: readonly {
    readonly device: string;
    readonly capture: boolean;
    readonly ratios: Readonly<Record<string, number>>;
  }[];
}

type Memory = Readonly<Record<'captured' | 'eager', Readonly<Record<string, { readonly ratio: number }>>>> & {
  readonly date: string;
};

const results = 'tools/benchmarks/results';
const timesFile = `${results}/freeze-bn-times.json`;
const memoryFile = `${results}/freeze-bn-memory.json`;

/** As freeze-bn-ways.ts calls what a user can choose. */
const rows = ['frozen', 'frozen, affine trained'];

/** Time and memory of a step with frozen layers, as shares of an unfrozen one: a table and where it was measured. */
export function freezeBnCost({ files }: Workspace): string {
  const times = JSON.parse(files.get(timesFile) ?? 'null') as Times | null;
  const memory = JSON.parse(files.get(memoryFile) ?? 'null') as Memory | null;
  if (times === null || memory === null) return 'Not measured yet.';
  const columns = times.cases.map(({ device, capture, ratios }) => ({
    heading: `time, ${device}${capture ? ' captured' : ''}`,
    of: (way: string) => ratios[way],
  }));
  const held = (['captured', 'eager'] as const).map((mode) => ({
    heading: `memory${mode === 'captured' ? ', captured' : ''}`,
    of: (way: string) => memory[mode][way]?.ratio,
  }));
  const all = [...columns, ...held];
  const table = markdownTable(
    ['ResNet-8', ...all.map(({ heading }) => heading)],
    rows.map((way) => [way, ...all.map(({ of }) => of(way)?.toFixed(2) ?? '')]),
  );
  const { hardware, cores } = times.machine;
  const dates = [...new Set([times.date, memory.date])].join(' and ');
  const links = [timesFile, memoryFile]
    .map((file) => `[${file.split('/').at(-1)!}](../../${file})`)
    .join(', ');
  return `${table}\nBatch 64 and 256, ${cores} cores of ${hardware}, ${dates}: ${links}.\n`;
}

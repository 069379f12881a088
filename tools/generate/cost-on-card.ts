import type { Workspace } from '../workspace/workspace.ts';

interface Device {
  /** Whether steps were captured; not in results from before there was capture. */
  readonly capture?: boolean;
  readonly ratios: Readonly<Record<string, number>>;
}

interface Costs {
  readonly date: string;
  readonly machine: { readonly hardware: string; readonly cores: number };
  readonly tensorflow: Device;
  readonly wasm: Device;
}

const file = 'tools/benchmarks/results/trick-costs.json';

/** How many times as long a training step takes with a trick, in a sentence. */
export function costOnCard({ files }: Workspace, trick: string): string {
  const costs = JSON.parse(files.get(file) ?? 'null') as Costs | null;
  const ways = Object.keys(costs?.tensorflow.ratios ?? {}).filter((way) => way.split(', ')[0] === trick);
  if (costs === null || ways.length === 0) return 'not measured yet.';
  const { date, machine, tensorflow, wasm } = costs;
  const figures = ways.map((way) => {
    const option = way.split(', ')[1];
    return `${option === undefined ? '' : `${option} `}${ratiosOf(way, { TensorFlow: tensorflow, wasm })}`;
  });
  const again = ratiosOf('none, again', { TensorFlow: tensorflow, wasm });
  const noise = again === '' ? '' : `. Noise, the same step timed twice: ${again}`;
  const how = [tensorflow, wasm].map(({ capture = false }) => (capture ? 'captured' : 'op by op'));
  const modes = how[0] === how[1] ? how[0]! : `${how[0]!} on TensorFlow and ${how[1]!} on wasm`;
  const where = `a small network at batch 64, ${modes}, ${machine.cores} cores of ${machine.hardware}, ${date}`;
  return `${figures.join('; ')}${noise} ([trick-costs.json](../../${file}): ${where}).`;
}

function ratiosOf(way: string, devices: Readonly<Record<string, Device>>): string {
  return Object.entries(devices)
    .filter(([, { ratios }]) => ratios[way] !== undefined)
    .map(([device, { ratios }]) => `${ratios[way]!.toFixed(2)} on ${device}`)
    .join(', ');
}

import type { Workspace } from '../workspace/workspace.ts';

interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

type Ratios = Readonly<Record<string, Ratio>>;

interface Device {
  readonly capture: boolean;
  readonly networks: Readonly<Record<string, { readonly ratios: Ratios }>>;
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
  const isOfTrick = (way: string): boolean => way.split(', ')[0] === trick;
  const measured = Object.entries(costs?.tensorflow.networks ?? {}).find(([, { ratios }]) =>
    Object.keys(ratios).some(isOfTrick),
  );
  if (costs === null || measured === undefined) return 'not measured yet.';
  const { date, machine, tensorflow, wasm } = costs;
  const [network, { ratios }] = measured;
  const devices = { TensorFlow: ratios, wasm: wasm.networks[network]?.ratios ?? {} };
  const figures = Object.keys(ratios)
    .filter(isOfTrick)
    .map((way) => {
      const option = way.split(', ')[1];
      return `${option === undefined ? '' : `${option} `}${ratiosOf(way, devices)}`;
    });
  const again = ratiosOf('none, again', devices);
  const noise = again === '' ? '' : `. Noise, the same step timed twice: ${again}`;
  const how = [tensorflow, wasm].map(({ capture }) => (capture ? 'captured' : 'op by op'));
  const modes = how[0] === how[1] ? how[0]! : `${how[0]!} on TensorFlow and ${how[1]!} on wasm`;
  const where = `median and quartiles, ${network} at batch 64, ${modes}, ${machine.cores} cores of ${machine.hardware}, ${date}`;
  return `${figures.join('; ')}${noise} ([trick-costs.json](../../${file}): ${where}).`;
}

function ratiosOf(way: string, devices: Readonly<Record<string, Ratios>>): string {
  return Object.entries(devices)
    .filter(([, ratios]) => ratios[way] !== undefined)
    .map(([device, ratios]) => `${spread(ratios[way]!)} on ${device}`)
    .join(', ');
}

function spread({ median, low, high }: Ratio): string {
  const [middle, from, to] = [median, low, high].map((ratio) => ratio.toFixed(2));
  return `${middle!} [${from!}, ${to!}]`;
}

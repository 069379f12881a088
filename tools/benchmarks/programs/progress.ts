/**
 * What the bar costs a step of some 2 ms, and the lines where there is no bar. Takes two minutes; writes results/progress.json.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/progress.ts [rounds]
 */
import { Writable } from 'node:stream';
import { progress } from '@cantrip/progress';
import { writeResult } from '../measuring/measure.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import { pluginCosts, pluginShare } from '../measuring/plugin-cost.ts';

const rounds = Number(process.argv[2] ?? 25);

/** A terminal that shows nothing: how fast a window draws is not measured. */
const terminal = Object.assign(new Writable({ write: (_, __, done) => done() }), {
  isTTY: true,
  columns: 120,
});

const ways = {
  bar: [progress({ stream: terminal, bar: true })],
  'a line each second': [progress({ bar: false, secondsBetweenLines: 1 })],
};

/** The plugin with the reading of the figures that it asks for. */
const isProgress = ({
  url,
  functionName,
}: {
  readonly url: string;
  readonly functionName: string;
}): boolean => url.includes('/packages/progress/') || functionName === 'meansSoFar';

const shares: Record<string, number> = {};
for (const [name, plugins] of Object.entries(ways))
  shares[name] = Number((await pluginShare(plugins, 10, isProgress)).toFixed(5));

writeResult('progress', {
  ...measuredHere(),
  "share of the main thread in 10 epochs, by V8's profiler": shares,
  ...(await pluginCosts(ways, rounds)),
});

/**
 * What the bar costs a step of some 2 ms, and the lines where there is no bar. Takes two minutes; writes results/progress.json.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/progress.ts [rounds]
 */
import { Writable } from 'node:stream';
import { progress } from '@cantrip/progress';
import { writeResult } from '../measuring/measure.ts';
import { measuredHere } from '../measuring/measured-here.ts';
import { pluginCosts } from '../measuring/plugin-cost.ts';

const rounds = Number(process.argv[2] ?? 25);

/** A terminal that shows nothing: how fast a window draws is not measured. */
const terminal = Object.assign(new Writable({ write: (_, __, done) => done() }), {
  isTTY: true,
  columns: 120,
});

writeResult('progress', {
  ...measuredHere(),
  ...(await pluginCosts(
    {
      bar: [progress({ stream: terminal, bar: true })],
      'a line each second': [progress({ bar: false, secondsBetweenLines: 1 })],
    },
    rounds,
  )),
});

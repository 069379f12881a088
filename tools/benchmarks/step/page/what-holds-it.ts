import { markdownTable } from '../../../markdown/markdown-table.ts';
import { number, percent } from './figures.ts';
import { isProduct, type OpTime } from '../profile/op-times.ts';
import type { CaseProfile, ProfileReport, WayProfile } from '../profile/profile-report.ts';
import type { CaseReport, ContenderReport, Report } from './report.ts';
import { fastest, missedBy, type Verdict, verdictsOf } from './targets.ts';

/** Types of ops that have a line of their own. */
const SHOWN = 8;

/** What the profile says of every target that was missed, as paragraphs. */
export function whatHoldsIt(report: Report, profile: ProfileReport | undefined): string[] {
  const missed = verdictsOf(report).filter(({ met }) => !met);
  if (missed.length === 0) return ['Every target is met.'];
  if (profile === undefined) return ['Nothing was profiled yet: `npm run bench:profile`.'];
  return [introduction(profile), ...report.cases.flatMap((one) => caseSection(one, missed, profile))];
}

function introduction({ machine, threads, steps, date }: ProfileReport): string {
  return (
    `Ops by type, as TensorFlow's run metadata tell their times: medians of ${steps} traced steps (\`npm run bench:profile\`), measured on ${date} ` +
    `with ${threads} threads on ${machine.cores} cores of ${machine.hardware}. Together they are more than a step takes where ` +
    'TensorFlow runs some side by side, and less where none is running. The floor is what the products of a step would ' +
    'take at the speed of a product of two 512 x 512 matrices, and all else nothing.'
  );
}

function caseSection(one: CaseReport, missed: readonly Verdict[], profile: ProfileReport): string[] {
  const ofCase = missed.filter(({ caseName }) => caseName === one.name);
  const profiled = profile.cases.find(({ name }) => name === one.name);
  if (ofCase.length === 0 || profiled === undefined) return [];
  const way = wayOf(one, profiled);
  const bullets = ofCase.map((verdict) => `- ${sentence(verdict, one, way)}`);
  return [
    `### ${one.title}: ${way.title}`,
    bullets.join('\n'),
    opTable(way.ops),
    productsSentence(profiled, way),
  ];
}

/** Of our ways that were profiled, the one that the step's targets are for, or the usual one. */
function wayOf(one: CaseReport, { ways }: CaseProfile): WayProfile {
  const best = fastest(one, 'cantrip')?.name;
  return ways.find(({ name }) => name === best) ?? ways[0]!;
}

function sentence(verdict: Verdict, one: CaseReport, way: WayProfile): string {
  const { what, measured, against } = verdict;
  const missed = `${what}: ${number(measured.median)}, missed by ${missedBy(verdict)}.`;
  const peer = against && fastest(one, against);
  if (peer) return `${missed} ${ofStep(verdict, one, peer)}`;
  return verdict.kind === 'epoch' ? `${missed} ${ofEpoch(verdict, one, way)}` : missed;
}

/** Whether the target can be met at all, and how near the floor both are. */
function ofStep({ target }: Verdict, one: CaseReport, peer: ContenderReport): string {
  const floor = one.flopsPerStep / one.productGflops / 1e6;
  const wanted = target.value * peer.stepMilliseconds.median;
  const reached = ({ stepMilliseconds }: ContenderReport): string => percent(floor / stepMilliseconds.median);
  return (
    `The target is ${number(wanted)} ms a step and the floor ${number(floor)} ms, so it takes ${percent(floor / wanted)} of a ` +
    `product's speed; ours reaches ${reached(fastest(one, 'cantrip')!)}, ${peer.title} ${reached(peer)}.`
  );
}

function ofEpoch({ measured }: Verdict, one: CaseReport, { batchMilliseconds }: WayProfile): string {
  const bare = one.contenders.find(({ name }) => name === 'cantrip')!.stepMilliseconds.median;
  return (
    `A step of an epoch takes ${number(bare / measured.median - bare)} ms more than a bare one of ${number(bare)} ms; ` +
    `picking its batch from the bytes on the host takes ${number(batchMilliseconds.median)} ms.`
  );
}

function opTable(ops: readonly OpTime[]): string {
  const rest = ops.slice(SHOWN);
  const sum = (key: 'count' | 'milliseconds' | 'share'): number =>
    rest.reduce((total, one) => total + one[key], 0);
  const others = {
    op: `${rest.length} other types`,
    count: sum('count'),
    milliseconds: sum('milliseconds'),
    share: sum('share'),
  };
  const rows = [...ops.slice(0, SHOWN), ...(rest.length > 0 ? [others] : [])];
  return markdownTable(
    ['op', 'in a step', 'ms', 'share of the time of ops'],
    rows.map(({ op, count, milliseconds, share }) => [
      op.replaceAll('_', '\\_'),
      String(count),
      number(milliseconds),
      percent(share),
    ]),
  ).trimEnd();
}

function productsSentence({ floorMilliseconds }: CaseProfile, { ops, stepMilliseconds }: WayProfile): string {
  const products = ops.filter(isProduct);
  const milliseconds = products.reduce((sum, one) => sum + one.milliseconds, 0);
  const share = products.reduce((sum, one) => sum + one.share, 0);
  return (
    `Convolutions and matrix products, with their gradients, take ${number(milliseconds)} ms, ${percent(share)} of the time ` +
    `of ops; the floor in that run is ${number(floorMilliseconds)} ms, and without a trace the step took ${number(stepMilliseconds.median)} ms.`
  );
}

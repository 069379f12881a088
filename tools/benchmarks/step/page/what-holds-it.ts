import { markdownTable } from '../../../markdown/markdown-table.ts';
import { number, percent } from './figures.ts';
import { isProduct, type OpTime } from '../profile/op-times.ts';
import type { CaseProfile, ProfileReport, WayProfile } from '../profile/profile-report.ts';
import type { CaseReport, ContenderReport, Report } from './report.ts';
import { fastest, missedBy, type Verdict, verdictsOf } from './targets.ts';

/** Types of ops that have a line of their own. */
const SHOWN = 8;

/** Paragraphs about every missed target, from the profile. */
export function whatHoldsIt(report: Report, profile: ProfileReport | undefined): string[] {
  const missed = verdictsOf(report).filter(({ met }) => !met);
  if (missed.length === 0) return ['Every target is met.'];
  if (profile === undefined) return ['Nothing was profiled yet: `npm run bench:profile`.'];
  return [introduction(profile), ...report.cases.flatMap((one) => caseSection(one, missed, profile))];
}

function introduction({ machine, threads, steps, date }: ProfileReport): string {
  return (
    `The tables list the time of ops by type, from TensorFlow's run metadata: medians of ${steps} traced steps (\`npm run bench:profile\`), measured on ${date} ` +
    `with ${threads} threads on ${machine.cores} cores of ${machine.hardware}. Their sum exceeds the step time if TensorFlow runs ops in parallel. ` +
    'It is below the step time if no op runs for a while. The floor is the time of only the matrix products of a step, at the ' +
    'speed of a product of two 512 x 512 matrices.'
  );
}

function caseSection(one: CaseReport, missed: readonly Verdict[], profile: ProfileReport): string[] {
  const ofCase = missed.filter(({ caseName }) => caseName === one.name);
  const profiled = profile.cases.find(({ name }) => name === one.name);
  if (ofCase.length === 0 || profiled === undefined) return [];
  const way = wayOf(profiled);
  const bullets = ofCase.map((verdict) => `- ${sentence(verdict, one, way)}`);
  return [
    `### ${one.title}: ${way.title}`,
    bullets.join('\n'),
    opTable(way.ops),
    productsSentence(profiled, way),
  ];
}

/** The profiled way that the step's targets are for, or the first one. */
function wayOf({ ways }: CaseProfile): WayProfile {
  return ways.find(({ name }) => name === 'cantrip') ?? ways[0]!;
}

function sentence(verdict: Verdict, one: CaseReport, way: WayProfile): string {
  const { what, measured, against } = verdict;
  const missed = `${what}: ${number(measured.median)}, missed by ${missedBy(verdict)}.`;
  const peer = against && fastest(one, against);
  if (peer) return `${missed} ${ofStep(verdict, one, peer)}`;
  return verdict.kind === 'epoch' ? `${missed} ${ofEpoch(verdict, one, way)}` : missed;
}

/** How close the target, Cantrip and the other framework are to the floor. */
function ofStep({ target }: Verdict, one: CaseReport, peer: ContenderReport): string {
  const floor = one.flopsPerStep / one.productGflops / 1e6;
  const wanted = target.value * peer.stepMilliseconds.median;
  const reached = ({ stepMilliseconds }: ContenderReport): string => percent(floor / stepMilliseconds.median);
  return (
    `The target is ${number(wanted)} ms a step, and the floor is ${number(floor)} ms. So the target needs ${percent(floor / wanted)} of a ` +
    `product's speed. Cantrip reaches ${reached(ours(one))}, ${peer.title} ${reached(peer)}.`
  );
}

const ours = ({ contenders }: CaseReport): ContenderReport =>
  contenders.find(({ name }) => name === 'cantrip')!;

function ofEpoch({ measured }: Verdict, one: CaseReport, { batchMilliseconds }: WayProfile): string {
  const bare = ours(one).stepMilliseconds.median;
  return (
    `A step of an epoch takes ${number(bare / measured.median - bare)} ms more than a bare step of ${number(bare)} ms. ` +
    `Picking its batch from the bytes on the host takes ${number(batchMilliseconds.median)} ms.`
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
    `Convolutions and matrix products, with their gradients, take ${number(milliseconds)} ms: ${percent(share)} of the time ` +
    `of ops. In that run, the floor is ${number(floorMilliseconds)} ms, and a step without trace took ${number(stepMilliseconds.median)} ms.`
  );
}

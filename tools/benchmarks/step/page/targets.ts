import type { Contender } from '../contenders/contenders.ts';
import type { CaseReport, ContenderReport, Report } from './report.ts';
import type { Spread } from '../../measuring/spread.ts';

/** What Cantrip set out to reach, and what was measured. */
export interface Verdict {
  readonly caseName: string;
  readonly caseTitle: string;
  readonly kind: 'step' | 'epoch' | 'first step';
  /** Of a step: whose step. */
  readonly against?: Contender['family'];
  readonly what: string;
  readonly measured: Spread;
  readonly target: {
    readonly kind: 'at most' | 'at least';
    readonly value: number;
    readonly unit?: string;
    readonly earlier?: number | undefined;
  };
  readonly met: boolean;
}

interface StepTarget {
  readonly against: Contender['family'];
  readonly title: string;
  /** The largest ratio of Cantrip's step time, by default options, to that of the family's fastest, in each case. */
  readonly most: number;
  /** What was set out for before, where it was less. */
  readonly earlier?: Readonly<Record<string, number>>;
}

const stepTargets: readonly StepTarget[] = [
  { against: 'torch', title: "PyTorch's best", most: 0.95, earlier: { 'fine-tuning': 0.85 } },
  {
    against: 'keras',
    title: "Keras's best",
    most: 0.9,
    earlier: { resnet20: 0.7, cnn: 0.7, mlp: 0.7, mobilenet: 0.7, 'fine-tuning': 0.7 },
  },
  { against: 'tfjs', title: 'TensorFlow.js', most: 0.3 },
];

const fixedThreads = ['cantrip-one-thread', 'cantrip-all-threads'];
const MOST_BY_RULE = 1.02;

/** Images a second of an epoch from a dataset, over those of bare steps. */
const LEAST_EPOCH_SHARE = 0.93;
const FIRST_STEP = { name: 'resnet20', mostSeconds: 3 };

/** Every target for which a run has figures. */
export function verdictsOf({ cases }: Report): Verdict[] {
  return cases.flatMap((one) => [
    ...stepVerdicts(one),
    ...threadVerdicts(one),
    ...epochVerdicts(one),
    ...firstStepVerdicts(one),
  ]);
}

/** A family's contender of the lowest median. */
export function fastest(one: CaseReport, family: Contender['family']): ContenderReport | undefined {
  return fastestOf(one.contenders.filter((contender) => contender.family === family));
}

function fastestOf(contenders: readonly ContenderReport[]): ContenderReport | undefined {
  return [...contenders].sort((a, b) => a.stepMilliseconds.median - b.stepMilliseconds.median)[0];
}

function stepVerdicts(one: CaseReport): Verdict[] {
  return stepTargets.flatMap(({ against, title, most, earlier }) => {
    const best = fastest(one, against);
    if (!best?.cantripRatio) return [];
    const what = `step time over ${title}${named(best, against)}`;
    return {
      ...verdict(one, 'step', what, best.cantripRatio, {
        kind: 'at most',
        value: most,
        earlier: earlier?.[one.name],
      }),
      against,
    };
  });
}

/** Cantrip chooses the threads in an op by a rule: it must lose next to nothing to whoever knew the better number. */
function threadVerdicts(one: CaseReport): Verdict[] {
  const fixed = one.contenders.filter(({ name }) => fixedThreads.includes(name));
  const best = fastestOf(fixed);
  if (fixed.length < fixedThreads.length || !best?.cantripRatio) return [];
  const what = `step time over the better of one and all threads (${best.name})`;
  return [verdict(one, 'step', what, best.cantripRatio, { kind: 'at most', value: MOST_BY_RULE })];
}

/** Which way of a framework it was, where that is not the usual one. */
function named(contender: ContenderReport | undefined, usual: string): string {
  return contender === undefined || contender.name === usual ? '' : ` (${contender.name})`;
}

function epochVerdicts(one: CaseReport): Verdict[] {
  const epoch = ours(one)?.epoch;
  if (!epoch) return [];
  const target = { kind: 'at least', value: LEAST_EPOCH_SHARE } as const;
  return [
    verdict(one, 'epoch', 'images a second in an epoch over bare steps', epoch.shareOfBareStep, target),
  ];
}

function firstStepVerdicts(one: CaseReport): Verdict[] {
  const milliseconds = ours(one)?.firstStepMilliseconds;
  if (milliseconds === undefined || one.name !== FIRST_STEP.name) return [];
  const seconds = milliseconds / 1000;
  const target = { kind: 'at most', value: FIRST_STEP.mostSeconds, unit: 's' } as const;
  return [verdict(one, 'first step', 'first step', { median: seconds, low: seconds, high: seconds }, target)];
}

function ours({ contenders }: CaseReport): ContenderReport | undefined {
  return contenders.find(({ name }) => name === 'cantrip');
}

function verdict(
  { name, title }: CaseReport,
  kind: Verdict['kind'],
  what: string,
  measured: Spread,
  target: Verdict['target'],
): Verdict {
  const met = target.kind === 'at most' ? measured.median <= target.value : measured.median >= target.value;
  return { caseName: name, caseTitle: title, kind, what, measured, target, met };
}

/** How far a figure is from its target, in percent of the target. */
export function missedBy({ measured, target }: Pick<Verdict, 'measured' | 'target'>): string {
  return `${Math.ceil((100 * Math.abs(measured.median - target.value)) / target.value)} %`;
}

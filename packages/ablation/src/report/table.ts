import { parseOptions } from '@cantrip/errors';
import { markdownTable } from 'markdown-table';
import * as v from 'valibot';
import type { AblationResult, Effect } from '../analysis/ablation-result.ts';
import { checkEffect, checkResult } from '../analysis/check-result.ts';
import type { Figure } from '../design/define-ablation.ts';
import type { Verdict } from '../analysis/verdict.ts';
import { formatDifference, formatFigure } from './format-figure.ts';

export interface TableOptions {
  /** Whether to show step times; true by default. They mean little if other programs were running. */
  readonly times?: boolean;
}

export const tableOptionsSchema: v.GenericSchema<unknown, { readonly times: boolean }> = v.strictObject({
  times: v.optional(v.boolean(), true),
});

/**
 * Formats an ablation's result as Markdown: for every figure what each trick does, then notes on how far to trust it.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * console.log(ablationTable(await ablate(…)));
 * ```
 */
export function ablationTable(result: AblationResult, options: TableOptions = {}): string {
  checkResult('ablationTable', result);
  const { times } = parseOptions('ablationTable', tableOptionsSchema, options);
  const tables = result.figures.map(
    (figure) => `${caption(figure)}\n\n${effectTable(result, figure, times)}`,
  );
  return `${tables.join('\n\n')}\n\n${notes(result).join('\n')}\n`;
}

function caption({ name, better, percent }: Figure): string {
  return `**${name}**${percent === true ? ', in percent' : ''}; ${better} is better`;
}

function effectTable(result: AblationResult, figure: Figure, times: boolean): string {
  const confidence = `${Number((100 * result.confidence).toPrecision(4))} %`;
  const headings = [
    'trick',
    'with',
    'without',
    `difference [${confidence}]`,
    'better in',
    'p',
    ...(times ? ['step time'] : []),
    'verdict',
  ];
  const rows = result.effects
    .filter((effect) => effect.figure === figure.name)
    .map((effect) => row(effect, figure, times));
  return markdownTable([headings, ...rows]);
}

function row(effect: Effect, figure: Figure, times: boolean): string[] {
  const { difference, better, equal, worse, p } = effect;
  const [mean, low, high] = [difference.mean, difference.low, difference.high].map((value) =>
    formatDifference(value, figure),
  );
  const mean2 = (value: number | undefined): string =>
    value === undefined ? '' : formatFigure(value, figure);
  return [
    effect.name,
    mean2(effect.with),
    mean2(effect.without),
    `${mean} [${low}, ${high}]`,
    `${better} of ${better + equal + worse}`,
    formatP(p),
    ...(times ? [stepTime(effect)] : []),
    verdictInWords(effect),
  ];
}

const stepTime = ({ stepTimeRatio }: Effect): string =>
  stepTimeRatio === undefined ? '' : `${stepTimeRatio.toFixed(2)} x`;

/**
 * Returns the verdict with the number of seeds, without which it would say too much.
 *
 * @throws CantripError OPTION_INVALID
 */
export function verdictInWords(effect: Effect): string {
  checkEffect('verdictInWords', effect);
  const { verdict, kind, difference, missing } = effect;
  const words = (kind === 'effect' ? ofTrick : ofInteraction)[verdict](difference.values.length);
  return missing === 0 ? words : `${words}; ${missing} diverged`;
}

type Words = Readonly<Record<Verdict, (count: number) => string>>;

const ofTrick: Words = {
  helps: () => 'helps',
  hurts: () => 'hurts',
  'no effect seen': (count) => `no effect seen at n = ${count}`,
  'changes nothing': (count) => `changes nothing: all figures equal to the bit in ${count} of ${count}`,
  'too few seeds to tell': (count) => `too few seeds to tell (n = ${count})`,
};

const ofInteraction: Words = {
  ...ofTrick,
  helps: () => 'better together than one by one',
  hurts: () => 'worse together than one by one',
  'no effect seen': (count) => `no interaction seen at n = ${count}`,
  'changes nothing': () => 'effects add up',
};

const formatP = (p: number): string => Number(p.toPrecision(2)).toString();

function notes(result: AblationResult): string[] {
  const { effects, figures, seeds, design } = result;
  const counts = figures.map(({ name }) => effects.filter(({ figure }) => figure === name).length);
  const comparisons = Math.max(...counts);
  const of = counts.every((count) => count === comparisons) ? '' : ' of the figure with the most';
  const first = effects[0]!;
  return [
    `- ${design}, seeds ${seeds.join(', ')}; differences are paired by seed; intervals are from the paired bootstrap, expanded for few seeds.`,
    `- p: how often chance alone gives a difference this large (with random signs); ${formatP(first.smallestP)} is the smallest p that n = ${first.difference.values.length} can give.`,
    ...(comparisons > 1
      ? [
          `- ${comparisons} comparisons${of}: if no trick had an effect, the chance of at least one false verdict would be ${Math.round(100 * result.chanceOfFalseVerdict)} %.`,
        ]
      : []),
    ...divergedNotes(result),
    ...machineNotes(result),
  ];
}

function divergedNotes({ variants }: AblationResult): string[] {
  const bad = variants.filter(({ diverged }) => diverged > 0);
  if (bad.length === 0) return [];
  return [
    `- Diverged: ${bad.map(({ name, diverged, runs }) => `${name} in ${diverged} of ${runs} runs`).join(', ')}.`,
  ];
}

function machineNotes({ machines, processes, to }: AblationResult): string[] {
  const lines = machines.map(
    ({ device, version, threads, hardware, node }) =>
      `${device} (${version}), ${threads} ${threads === 1 ? 'thread' : 'threads'} each of ${hardware}, Node ${node.slice(1)}`,
  );
  const mixed = machines.length > 1 ? ' Times of different machines cannot be compared.' : '';
  return [`- ${lines.join('; ')}; ${processes} runs at a time; ${to.slice(0, 10)}.${mixed}`];
}

import type { AblationResult, Effect, Estimate, VariantResult } from './ablation-result.ts';
import type { Ablation, Figure } from '../design/define-ablation.ts';
import { type Contrast, contrastsOf } from '../design/contrasts.ts';
import { type Design, type Variant, variantsOf } from '../design/design.ts';
import { runKey, type RunRecord } from '../run/run-record.ts';
import { bootstrapInterval, meanOf } from '../statistics/bootstrap.ts';
import { holm } from '../statistics/holm.ts';
import { signFlipTest } from '../statistics/sign-flip-test.ts';
import { verdictOf } from './verdict.ts';

export interface AnalyseOptions {
  readonly experiment: Pick<Ablation, 'name' | 'tricks' | 'figures' | 'parameters'>;
  readonly design: Design;
  readonly seeds: readonly number[];
  readonly confidence: number;
  readonly processes: number;
  /** All runs of the design, by {@link runKey}; other runs are ignored. */
  readonly records: ReadonlyMap<string, RunRecord>;
}

/** Computes the statistics of finished runs. Every comparison is between runs of the same seed. */
export function analyse(options: AnalyseOptions): AblationResult {
  const { experiment, design, seeds, confidence, processes } = options;
  const names = experiment.tricks.map(({ name }) => name);
  const variants = variantsOf(design, names);
  const used = variants.flatMap(({ tricks }) => seeds.map((seed) => recordOf(options, tricks, seed)));
  const effects = experiment.figures.map((figure) =>
    effectsOn(figure, contrastsFor(figure, design, names), options),
  );
  const dates = used.map(({ date }) => date).sort();
  return {
    experiment: experiment.name,
    design,
    seeds,
    parameters: experiment.parameters,
    confidence,
    figures: experiment.figures,
    variants: variants.map((variant) => variantResult(variant, options)),
    effects: effects.flat(),
    chanceOfFalseVerdict: 1 - confidence ** Math.max(...effects.map(({ length }) => length)),
    machines: distinct(used.map(({ machine }) => machine)),
    processes,
    from: dates[0]!,
    to: dates.at(-1)!,
  };
}

function contrastsFor({ judges }: Figure, design: Design, tricks: readonly string[]): Contrast[] {
  const all = contrastsOf(design, tricks);
  return judges ? all.filter(({ factors }) => factors.every((factor) => judges.includes(factor))) : all;
}

function recordOf({ records }: AnalyseOptions, tricks: readonly string[], seed: number): RunRecord {
  return records.get(runKey({ tricks, seed }))!;
}

/** The value of a figure; undefined if the run diverged and the figure has no `whenDiverged`. */
function valueOf({ figures, diverged }: RunRecord, { name, whenDiverged }: Figure): number | undefined {
  return diverged ? whenDiverged : figures[name];
}

function variantResult(variant: Variant, options: AnalyseOptions): VariantResult {
  const { seeds, experiment, confidence } = options;
  const runs = seeds.map((seed) => recordOf(options, variant.tricks, seed));
  const estimates = experiment.figures.map((figure) => {
    const values = runs.map((run) => valueOf(run, figure)).filter((value) => value !== undefined);
    return [figure.name, estimate(values, confidence)] as const;
  });
  return {
    ...variant,
    runs: runs.length,
    diverged: runs.filter(({ diverged }) => diverged).length,
    figures: Object.fromEntries(estimates),
    seconds: median(runs.map(({ seconds }) => seconds)),
    cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
    stepMilliseconds: median(runs.map(({ stepMilliseconds }) => stepMilliseconds)),
  };
}

function effectsOn(figure: Figure, contrasts: readonly Contrast[], options: AnalyseOptions): Effect[] {
  const effects = contrasts.map((contrast) => effectOf(figure, contrast, options));
  const corrected = holm(effects.map(({ p }) => p));
  return effects.map((effect, index) => ({ ...effect, correctedP: corrected[index]! }));
}

function effectOf(figure: Figure, contrast: Contrast, options: AnalyseOptions): Omit<Effect, 'correctedP'> {
  const { seeds, confidence } = options;
  const pairs = seeds
    .map((seed) => weigh(contrast, options, seed, (run) => valueOf(run, figure)))
    .filter((pair) => pair !== undefined);
  const difference = estimate(pairs.map(differenceOf), confidence);
  const sign = figure.better === 'higher' ? 1 : -1;
  const improvements = difference.values.map((value) => sign * value + 0);
  const [one, other] = [sign * difference.low, sign * difference.high];
  const { p, smallest } = signFlipTest(difference.values);
  const ratio = stepTimeRatio(contrast, options);
  return {
    name: contrast.name,
    kind: contrast.kind,
    figure: figure.name,
    ...(contrast.kind === 'effect' && {
      with: meanOf(pairs.map((pair) => pair.with)),
      without: meanOf(pairs.map((pair) => pair.without)),
    }),
    difference,
    better: improvements.filter((value) => value > 0).length,
    equal: improvements.filter((value) => value === 0).length,
    worse: improvements.filter((value) => value < 0).length,
    p,
    smallestP: smallest,
    missing: seeds.length - pairs.length,
    ...(ratio !== undefined && { stepTimeRatio: ratio }),
    verdict: verdictOf({
      improvements,
      low: Math.min(one, other),
      high: Math.max(one, other),
      identical: isIdentical(contrast, options),
    }),
  };
}

/** Whether no run diverged and no figure differs for any seed. */
function isIdentical(contrast: Contrast, options: AnalyseOptions): boolean {
  return options.seeds.every((seed) =>
    options.experiment.figures.every(({ name }) => {
      const pair = weigh(contrast, options, seed, ({ figures }) => figures[name]);
      return pair !== undefined && differenceOf(pair) === 0;
    }),
  );
}

interface Pair {
  readonly with: number;
  readonly without: number;
}

/** A difference. Sums of several values differ in their last bits by rounding, which does not count as a difference. */
function differenceOf(pair: Pair): number {
  const difference = pair.with - pair.without;
  return Math.abs(difference) <= 1e-14 * (Math.abs(pair.with) + Math.abs(pair.without)) ? 0 : difference;
}

/** The two sides of a contrast for one seed; undefined if a value is missing. */
function weigh(
  { terms }: Contrast,
  options: AnalyseOptions,
  seed: number,
  read: (run: RunRecord) => number | undefined,
): Pair | undefined {
  const sides = { with: 0, without: 0 };
  for (const { variant, weight } of terms) {
    const value = read(recordOf(options, variant.tricks, seed));
    if (value === undefined) return undefined;
    sides[weight > 0 ? 'with' : 'without'] += Math.abs(weight) * value;
  }
  return sides;
}

function stepTimeRatio(contrast: Contrast, options: AnalyseOptions): number | undefined {
  const timed = ({ stepMilliseconds }: RunRecord): number | undefined =>
    stepMilliseconds > 0 ? Math.log(stepMilliseconds) : undefined;
  const pairs = options.seeds.map((seed) => weigh(contrast, options, seed, timed));
  if (contrast.kind === 'interaction' || pairs.some((pair) => pair === undefined)) return undefined;
  return Math.exp(meanOf(pairs.map((pair) => pair!.with - pair!.without)));
}

/** The estimate of a mean. Without values it is NaN, which JSON writes as null. */
function estimate(values: readonly number[], confidence: number): Estimate {
  if (values.length === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN, values };
  return { mean: meanOf(values), ...bootstrapInterval(values, { confidence }), values };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

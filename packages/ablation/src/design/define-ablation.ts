import { CantripError, parseOptions } from '@cantrip/errors';
import type { AnyPlugin } from '@cantrip/trainer';
import * as v from 'valibot';

/** A trick under test that is replaced when it is off, or that needs its own name. */
export interface Alternative {
  /** The name in tables. */
  readonly name: string;
  readonly with: AnyPlugin;
  /** The plugin that replaces it when it is off; nothing by default. */
  readonly without?: AnyPlugin;
}

/** A figure by which runs are compared. */
export interface Figure {
  /** Its key in the result of `fit`, e.g. `validation_accuracy`. */
  readonly name: string;
  readonly better: 'higher' | 'lower';
  /** Whether it is a share: it is shown in percent, and its differences in percentage points. */
  readonly percent?: boolean;
  /**
   * The value of a run whose loss became NaN or infinite, e.g. 0.1 for the accuracy of 10 classes. Without it the
   * pair is left out, and the result says so.
   */
  readonly whenDiverged?: number;
  /** The names of the tricks that it judges; all by default. Fewer comparisons give fewer false verdicts. */
  readonly judges?: readonly string[];
}

/** Plain data that varies an experiment from outside. It must survive JSON. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** One training: a set of tricks and a seed. */
export interface Job<P extends Parameters = Parameters> {
  readonly seed: number;
  /** The option `plugins` of createTrainer: the runner's own plugin, which sets the seed, and the tricks. */
  readonly plugins: readonly AnyPlugin[];
  readonly parameters: P;
  /** Whether the trick of this name is on. */
  has(trick: string): boolean;
}

/** The figures of one training, by name. Figures that `figures` does not name are only stored in the log. */
export type Outcome = Readonly<Record<string, number>>;

export interface AblationDefinition<
  T extends { dispose(): void } = { dispose(): void },
  P extends Parameters = Parameters,
> {
  /** The name of the result files: letters, digits, `-` and `_`. */
  readonly name: string;
  /** Default parameters; `ablate` can replace them. */
  readonly parameters?: P;
  /** The tricks under test, in list order: plugins, or alternatives. */
  readonly plugins: readonly (AnyPlugin | Alternative)[];
  /** Creates a trainer with `job.plugins`. Nothing else in it may depend on chance. */
  trainer(job: Job<P>): T | Promise<T>;
  /** Trains, and returns the figures of the run. */
  fit(trainer: T, job: Job<P>): Promise<Outcome>;
  /** The figures to compare; the first one is the main figure. */
  readonly figures: readonly Figure[];
}

/** A checked definition. */
export interface Ablation {
  readonly name: string;
  readonly parameters: Parameters;
  readonly tricks: readonly Alternative[];
  readonly figures: readonly Figure[];
  trainer(job: Job): { dispose(): void } | Promise<{ dispose(): void }>;
  fit(trainer: { dispose(): void }, job: Job): Promise<Outcome>;
}

const named = v.looseObject({ name: v.pipe(v.string(), v.nonEmpty('must not be empty')) });
const figure = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty('must not be empty')),
  better: v.picklist(['higher', 'lower']),
  percent: v.optional(v.boolean()),
  whenDiverged: v.optional(v.pipe(v.number(), v.finite())),
  judges: v.optional(v.pipe(v.array(v.string()), v.nonEmpty('must hold at least one trick'))),
});
const alternative = v.strictObject({ ...named.entries, with: named, without: v.optional(named) });
const schema = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[\w-]+$/, 'must contain only letters, digits, - and _')),
  parameters: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
  plugins: v.pipe(
    v.array(named),
    v.nonEmpty('must hold at least one plugin'),
    v.check(
      (list) => new Set(list.map(({ name }) => name)).size === list.length,
      'must have different names',
    ),
  ),
  trainer: v.function(),
  fit: v.function(),
  figures: v.pipe(
    v.array(figure),
    v.nonEmpty('must hold at least one figure'),
    v.check(
      (list) => new Set(list.map(({ name }) => name)).size === list.length,
      'must have different names',
    ),
  ),
});

/**
 * Defines an ablation: the tricks, how a run is trained, and what is compared.
 *
 * Export it as `experiment` from its own module. Every run is trained in its own process, which imports this module.
 * Importing it should neither train nor read anything: that belongs into `trainer` and `fit`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * export const experiment = defineAblation({
 *   name: 'fashion-mnist',
 *   plugins: [labelSmoothing({ smoothing: 0.1 }), lrSchedule(cosine({ value: 0.1, steps: '100%' }))],
 *   trainer: ({ plugins }) => createTrainer({ model, optimizer: sgd({ learningRate: 0.1 }), loss, metrics, plugins }),
 *   fit: async (trainer) => (await trainer.fit(await train(), { epochs: 5, validation: await test() })).epochs.at(-1)!,
 *   figures: [{ name: 'validation_accuracy', better: 'higher', percent: true }],
 * });
 * ```
 */
export function defineAblation<T extends { dispose(): void }, P extends Parameters>(
  definition: AblationDefinition<T, P>,
): Ablation {
  const { name, parameters } = parseOptions('defineAblation', schema, definition);
  const { plugins, figures, trainer, fit } = definition;
  figures.forEach((figure) => checkJudges(figure, plugins));
  return {
    name,
    parameters,
    tricks: plugins.map(asAlternative),
    figures,
    trainer: trainer as Ablation['trainer'],
    fit: fit as unknown as Ablation['fit'],
  };
}

function checkJudges({ name, judges = [] }: Figure, tricks: readonly { readonly name: string }[]): void {
  const names = tricks.map((trick) => trick.name);
  const unknown = judges.find((trick) => !names.includes(trick));
  if (unknown === undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'defineAblation',
    what: `judges of figure ${name} must name tricks, got ${unknown}`,
    fix: `Use one of the tricks: ${names.join(', ')}`,
  });
}

function asAlternative(trick: AnyPlugin | Alternative): Alternative {
  if (!('with' in trick)) return { name: trick.name, with: trick };
  return parseOptions('defineAblation', alternative, trick) as Alternative;
}

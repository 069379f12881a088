import { CantripError, parseOptions } from '@cantrip/errors';
import type { AnyPlugin } from '@cantrip/trainer';
import * as v from 'valibot';

/** A trick under test that is not simply absent when it is off, or needs a name of its own. */
export interface Alternative {
  /** What tables call it. */
  readonly name: string;
  readonly with: AnyPlugin;
  /** What stands in its place when it is off; nothing by default. */
  readonly without?: AnyPlugin;
}

/** A figure that runs are compared by. */
export interface Figure {
  /** Its key in what `fit` returns, e.g. `validation_accuracy`. */
  readonly name: string;
  readonly better: 'higher' | 'lower';
  /** Whether it is a share, to be shown in percent and its differences in percentage points. */
  readonly percent?: boolean;
  /**
   * What a run counts as whose loss became NaN or infinite, e.g. 0.1 for the accuracy of 10 classes. Without it the
   * pair is left out, and the result says so.
   */
  readonly whenDiverged?: number;
  /** The tricks that it is to judge, by name; all by default. Fewer comparisons make fewer false verdicts. */
  readonly judges?: readonly string[];
}

/** Plain data that an experiment can be varied by from outside; must survive JSON. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** One training: a set of tricks and a seed. */
export interface Job<P extends Parameters = Parameters> {
  readonly seed: number;
  /** Everything for `plugins` of createTrainer: the runner's own plugin, which sets the seed, and the tricks. */
  readonly plugins: readonly AnyPlugin[];
  readonly parameters: P;
  /** Whether the trick of that name is on. */
  has(trick: string): boolean;
}

/** What one training came to, by name; what is not named in `figures` is kept in the log. */
export type Outcome = Readonly<Record<string, number>>;

export interface AblationDefinition<
  T extends { dispose(): void } = { dispose(): void },
  P extends Parameters = Parameters,
> {
  /** Names the files of the results: letters, digits, `-` and `_`. */
  readonly name: string;
  /** Defaults; `ablate` can give others. */
  readonly parameters?: P;
  /** The tricks under test, in list order: plugins, or pairs of them. */
  readonly plugins: readonly (AnyPlugin | Alternative)[];
  /** Makes a trainer with `job.plugins`; nothing else in it may depend on chance. */
  trainer(job: Job<P>): T | Promise<T>;
  /** Trains, and gives the run's figures. */
  fit(trainer: T, job: Job<P>): Promise<Outcome>;
  /** What is compared; the first one is the one that counts. */
  readonly figures: readonly Figure[];
}

/** A definition whose parts have been checked. */
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
  name: v.pipe(v.string(), v.regex(/^[\w-]+$/, 'must be made of letters, digits, - and _')),
  parameters: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
  plugins: v.pipe(
    v.array(named),
    v.nonEmpty('must hold at least one plugin'),
    v.check((list) => new Set(list.map(({ name }) => name)).size === list.length, 'must have unlike names'),
  ),
  trainer: v.function(),
  fit: v.function(),
  figures: v.pipe(
    v.array(figure),
    v.nonEmpty('must hold at least one figure'),
    v.check((list) => new Set(list.map(({ name }) => name)).size === list.length, 'must have unlike names'),
  ),
});

/**
 * Defines an ablation: which tricks, how a run is trained, and what is compared.
 *
 * It stands in a module of its own that exports it as `experiment`, for every run is trained in a process of its own,
 * which imports that module. Importing it should train and read nothing: that belongs into `trainer` and `fit`.
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
    what: `figure ${name} judges ${unknown}, and no trick is called so`,
    fix: `Its tricks are ${names.join(', ')}`,
  });
}

function asAlternative(trick: AnyPlugin | Alternative): Alternative {
  if (!('with' in trick)) return { name: trick.name, with: trick };
  return parseOptions('defineAblation', alternative, trick) as Alternative;
}

import { flatSettings } from './flat-settings.ts';
import type { ShownRun } from './shown-run.ts';

/** Runs of one recipe that differ in their seed. */
export interface SeedGroup {
  readonly name: string;
  readonly runs: readonly ShownRun[];
}

/** Groups of two or more runs with the same description, settings and hyperparameters, and each with another seed. */
export function seedGroups(runs: readonly ShownRun[]): readonly SeedGroup[] {
  const byRecipe = new Map<string, ShownRun[]>();
  for (const run of runs) {
    const recipe = recipeOf(run);
    byRecipe.set(recipe, [...(byRecipe.get(recipe) ?? []), run]);
  }
  const groups = [...byRecipe.values()].map(oneForEachSeed).filter(({ length }) => length > 1);
  return groups.map((members, at) => ({
    name:
      groups.length === 1 ? `mean of ${members.length} seeds` : `recipe ${at + 1}, ${members.length} seeds`,
    runs: members,
  }));
}

/** A seed that is there twice is one experiment, not two. */
function oneForEachSeed(runs: readonly ShownRun[]): readonly ShownRun[] {
  const seeds = new Set<number>();
  return runs.filter(({ log: { info } }) => !seeds.has(info.seed) && seeds.add(info.seed));
}

/** Everything that a run was told except its seed, which may also stand among the hyperparameters and settings. */
function recipeOf({ log: { info } }: ShownRun): string {
  const seed = String(info.seed);
  const told = [...flatSettings(info)].filter(
    ([path, value]) =>
      !(value === seed && /^(hyperparameters\.(.*\.)?seed|plugins\.seed\.value)$/i.test(path)),
  );
  return JSON.stringify(told.sort(([a], [b]) => (a < b ? -1 : 1)));
}

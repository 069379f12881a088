import { randomStream, shuffleInPlace } from '@cantrip/ops';
import type { TrickTogether } from '@cantrip/testing';
import { allTricks } from '../combinations/all-tricks.ts';
import { boundariesOf, boundariesOfSave } from './boundaries.ts';
import {
  type Case,
  failures,
  killedAtStep,
  killsAt,
  killsWhileResuming,
  outOfMemory,
  randomKills,
  repeatedKills,
  signals,
} from './cases.ts';
import { quickCases } from './quick-cases.ts';
import { unbrokenRun } from './trial.ts';
import { captured, opByOp, wasm, type Way } from './way.ts';

const RANDOM_KILLS = 50;
const KILLS_OF_EACH_TRICK = 3;
/** The save whose operations fail: it prunes too. */
const SAVE = 3;

/**
 * Everything: the quick cases, what happens to small runs in each way, each trick alone, all pairs, and a run with all tricks
 * that is killed at random moments and at every boundary, in each way.
 */
export async function longCases(): Promise<readonly Case[]> {
  const tricks = await allTricks();
  return [
    ...(await quickCases()),
    ...(await inEachWay(smallRun)),
    ...tricks.flatMap(({ name }) => killsOfOne(name)),
    ...pairsOf(tricks).map((names) =>
      killedAtStep('pairs of tricks', withTricks(...names), stepOf(names.join())),
    ),
    ...(await inEachWay((way) =>
      Promise.resolve(
        randomKills('all tricks, killed at a random moment', together(way, tricks), RANDOM_KILLS),
      ),
    )),
    ...(await inEachWay((way) => everyBoundary(together(way, tricks)))),
  ];
}

async function inEachWay(casesOf: (way: Way) => Promise<readonly Case[]>): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const way of [wasm, opByOp, captured]) cases.push(...(await casesOf(way)));
  return cases;
}

async function smallRun(way: Way): Promise<readonly Case[]> {
  const unbroken = await unbrokenRun(way);
  return [
    ...randomKills('killed at a random moment', way, RANDOM_KILLS),
    ...killsWhileResuming(way, [0, 1, 3, 6, 12, 20]),
    repeatedKills(way, 45),
    ...failures(way, boundariesOfSave(unbroken, SAVE), ['EACCES']),
    ...signals(way),
    outOfMemory(way),
  ];
}

const everyBoundary = async (way: Way): Promise<readonly Case[]> =>
  killsAt('all tricks, killed at every boundary', way, boundariesOf(await unbrokenRun(way)));

/** All tricks in one run. None of them refuses another. */
const together = (way: Way, tricks: readonly TrickTogether[]): Way => ({
  ...way,
  tricks: tricks.map(({ name }) => name),
});

const withTricks = (...tricks: readonly string[]): Way => ({ ...captured, tricks });

function killsOfOne(name: string): readonly Case[] {
  const steps = Array.from({ length: KILLS_OF_EACH_TRICK }, (_, i) => 1 + ((stepOf(name) + 5 * i) % 15));
  return steps.map((step) => killedAtStep('each trick alone', withTricks(name), step));
}

/** A step within the run, by chance but the same each time. Some tricks end the run soon after. */
const stepOf = (name: string): number => 2 + randomStream({ seed: 0, stream: `kill of ${name}` }).integer(13);

/** Every pair that may train together, in an order by chance, so that a part of them says something of all. */
function pairsOf(tricks: readonly TrickTogether[]): readonly (readonly [string, string])[] {
  const plugins = tricks.map((trick) => ({ name: trick.name, plugin: trick.create() }));
  const pairs = plugins.flatMap((first, i) =>
    plugins.slice(i + 1).flatMap((second) => {
      const refused =
        first.plugin.conflicts?.[second.plugin.name] ?? second.plugin.conflicts?.[first.plugin.name];
      return refused === undefined ? [[first.name, second.name] as const] : [];
    }),
  );
  const order = Uint32Array.from(pairs, (_, index) => index);
  shuffleInPlace(order, { seed: 1, stream: 'pairs', step: 0 });
  return Array.from(order, (index) => pairs[index]!);
}

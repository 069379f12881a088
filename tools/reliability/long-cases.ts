import { randomStream, shuffleInPlace } from '@cantrip/ops';
import type { TrickTogether } from '@cantrip/testing';
import { allTricks } from '../combinations/all-tricks.ts';
import { boundariesOfSave } from './boundaries.ts';
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
const SAVES = [0, 3, 8];

/** Everything: the quick cases, each way, each trick alone, and pairs of tricks in a seeded order. */
export async function longCases(): Promise<readonly Case[]> {
  const tricks = await allTricks();
  return [
    ...(await quickCases()),
    ...(await everyWay()),
    ...tricks.map(({ name }) => killedAtStep('every trick alone', withTricks(name), stepOf(name))),
    ...pairsOf(tricks).map((names) =>
      killedAtStep('pairs of tricks', withTricks(...names), stepOf(names.join())),
    ),
  ];
}

async function everyWay(): Promise<readonly Case[]> {
  const cases: Case[] = [...randomKills(captured, RANDOM_KILLS)];
  for (const way of [captured, opByOp, wasm]) {
    const unbroken = await unbrokenRun(way);
    for (const save of SAVES)
      cases.push(...killsAt('killed at each boundary of a save', way, boundariesOfSave(unbroken, save)));
    cases.push(
      ...killsWhileResuming(way, [0, 1, 3, 6, 12, 20]),
      repeatedKills(way, 45),
      ...failures(way, boundariesOfSave(unbroken, SAVES[1]!), ['EACCES']),
      ...signals(way),
      outOfMemory(way),
    );
  }
  return cases;
}

const withTricks = (...tricks: readonly string[]): Way => ({ ...captured, tricks });

/** A step within the run, by chance but the same each time. */
const stepOf = (name: string): number => 2 + randomStream({ seed: 0, stream: `kill of ${name}` }).integer(15);

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

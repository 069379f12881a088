import { expectClose, loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import * as schedules from '../src/index.ts';
import type { Piece, RestartsOptions, Schedule, WarmupOptions } from '../src/index.ts';

/** One function's name with its options, or with what `join`, `multiply`, `restarts` and `warmup` take. */
type Build = Readonly<Record<string, unknown>>;

interface Case {
  readonly peer: string;
  readonly build: Build;
  readonly values: readonly number[];
}

describe.each(['torch', 'timm', 'keras', 'optax', 'transformers'])('schedules agree with %s', (peer) => {
  const url = new URL(`./golden/${peer}.json`, import.meta.url);
  const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(url);
  it.each(Object.entries(cases))('%s, at 200 steps', (_, { build, values }) => {
    const schedule = built(build);
    expect(values).toHaveLength(200);
    expectClose(
      values.map((_, step) => schedule(step)),
      values,
      tolerance,
    );
  });
});

function built(build: Build): Schedule {
  const [name, given] = Object.entries(build)[0]!;
  const list = given as readonly Build[];
  if (name === 'join') return schedules.join(list.map(piece));
  if (name === 'multiply') return schedules.multiply(...list.map(built));
  if (name === 'warmup') return schedules.warmup(built(list[0]!), list[1] as unknown as WarmupOptions);
  if (name === 'restarts') return schedules.restarts(built(list[0]!), list[1] as RestartsOptions);
  const factory = schedules[name as keyof typeof schedules] as unknown as (options: unknown) => Schedule;
  return factory(withSchedules(given as Build));
}

function piece(build: Build): Piece {
  const { schedule, steps } = build;
  if (schedule === undefined) return built(build);
  return { schedule: built(schedule as Build), steps: steps as number };
}

/** An option that is itself a schedule is written as one in the golden file. */
function withSchedules(options: Build): Build {
  const entries = Object.entries(options).map(([name, value]) => {
    const isSchedule = (name === 'stable' || name === 'factor') && typeof value === 'object';
    return [name, isSchedule ? built(value as Build) : value];
  });
  return Object.fromEntries(entries) as Build;
}

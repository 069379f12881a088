import { expectClose, loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import * as schedules from '../src/index.ts';
import type { Piece, Schedule, WarmupOptions } from '../src/index.ts';

/** One function's name with its options, or with what `join` and `warmup` take. */
type Build = Readonly<Record<string, unknown>>;

interface Case {
  readonly peer: string;
  readonly build: Build;
  readonly values: readonly number[];
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(
  new URL('./golden.json', import.meta.url),
);

describe('schedules agree with PyTorch, timm and optax at 200 steps', () => {
  for (const [name, { peer, build, values }] of Object.entries(cases)) {
    it(`${name}: ${peer}`, () => {
      const schedule = built(build);
      expect(values).toHaveLength(200);
      expectClose(
        values.map((_, step) => schedule(step)),
        values,
        tolerance,
      );
    });
  }
});

function built(build: Build): Schedule {
  const [name, given] = Object.entries(build)[0]!;
  if (name === 'join') return schedules.join((given as readonly Build[]).map(built) as readonly Piece[]);
  if (name === 'warmup') {
    const [inner, options] = given as [Build, WarmupOptions];
    return schedules.warmup(built(inner), options);
  }
  const factory = schedules[name as keyof typeof schedules] as (options: unknown) => Schedule;
  return factory(given);
}

import { cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** The share of all cores that other programs used while this one waited for a second, 0 to 1. */
export async function machineLoad(): Promise<number> {
  const before = coreTimes();
  await setTimeout(1000);
  const after = coreTimes();
  const all = after.all - before.all;
  return all === 0 ? 0 : Number((1 - (after.idle - before.idle) / all).toFixed(2));
}

function coreTimes(): { readonly all: number; readonly idle: number } {
  const times = cpus().map(({ times }) => times);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    all: sum(times.flatMap((time) => Object.values(time) as number[])),
    idle: sum(times.map(({ idle }) => idle)),
  };
}

import { availableParallelism, cpus } from 'node:os';
import type { Measurement } from './result-files.ts';

/** This day and this machine. */
export function measuredHere(): Measurement {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { hardware: cpus()[0]?.model.trim() ?? 'an unknown processor', cores: availableParallelism() },
  };
}

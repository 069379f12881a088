import { availableParallelism, cpus, totalmem } from 'node:os';

/** The processor's name, as the operating system tells it. */
export function processorName(): string {
  return cpus()[0]?.model.trim() || `${process.arch} processor`;
}

/** How many threads may run at once: those that this process was given, not those that the machine has. */
export function threadCount(): number {
  return availableParallelism();
}

/** Bytes of memory that this process may use: a container's limit where there is one. */
export function hostMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

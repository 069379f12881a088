import { availableParallelism, cpus, totalmem } from 'node:os';

/** The processor's name, from the operating system. */
export function processorName(): string {
  return cpus()[0]?.model.trim() || `${process.arch} processor`;
}

/** The number of threads that may run at once: those available to this process, not those of the machine. */
export function threadCount(): number {
  return availableParallelism();
}

/** The memory that this process may use, in bytes: the limit of the container, if there is one. */
export function hostMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

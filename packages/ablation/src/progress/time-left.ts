/** The progress of an ablation. */
export interface Standing {
  /** The duration of each finished run, in seconds. */
  readonly finished: readonly number[];
  /** The current runs. */
  readonly running: readonly { readonly seconds: number; readonly share: number }[];
  /** The number of runs that have not started. */
  readonly waiting: number;
  readonly processes: number;
}

/**
 * Estimates the seconds until the last run ends. All remaining work, at the mean duration of the finished runs, is
 * divided among the processes. Before any run has ended, the duration is estimated from the current runs: their time
 * divided by the share that is done.
 *
 * @returns undefined as long as nothing is known
 * @example
 * ```ts
 * timeLeft({ finished: [60, 60], running: [{ seconds: 15, share: 0.25 }], waiting: 1, processes: 1 }); // 105
 * ```
 */
export function timeLeft({ finished, running, waiting, processes }: Standing): number | undefined {
  const lengths = finished.length > 0 ? finished : running.filter(({ share }) => share > 0).map(projected);
  if (lengths.length === 0) return undefined;
  const length = lengths.reduce((sum, seconds) => sum + seconds, 0) / lengths.length;
  const open = running.map(({ seconds }) => Math.max(0, length - seconds));
  const total = open.reduce((sum, seconds) => sum + seconds, waiting * length);
  return Math.max(total / processes, waiting > 0 ? length : 0, ...open);
}

const projected = ({ seconds, share }: { readonly seconds: number; readonly share: number }): number =>
  seconds / share;

/**
 * Formats a duration for people, in its two largest units.
 *
 * @example
 * ```ts
 * formatDuration(4000); // '1 h 7 min'
 * ```
 */
export function formatDuration(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

import { Presets, SingleBar } from 'cli-progress';
import type { RunRecord } from '../run/run-record.ts';
import { formatDuration, type Standing, timeLeft } from './time-left.ts';

/** Shows the progress of an ablation: a live bar on a terminal, elsewhere a line for each finished run. */
export interface Progress {
  /** @returns a function that reports the share of the run that is done, from 0 to 1 */
  begin(run: string): (share: number) => void;
  end(run: string, record: RunRecord): void;
  stop(): void;
}

export interface ProgressOptions {
  /** The number of all runs, and of those that an earlier process finished. */
  readonly total: number;
  readonly earlier: readonly RunRecord[];
  readonly processes: number;
  readonly stream: NodeJS.WriteStream;
  /** The text of a finished run's line, beside its time. */
  describe(record: RunRecord): string;
}

interface Running {
  readonly began: number;
  share: number;
}

export function showProgress(options: ProgressOptions): Progress {
  const { total, earlier, processes, stream, describe } = options;
  const running = new Map<string, Running>();
  const finished = earlier.map(({ seconds }) => seconds);
  const bar = stream.isTTY ? startBar(total, earlier.length, stream) : undefined;
  const standing = (): Standing => ({
    finished,
    processes,
    waiting: total - finished.length - running.size,
    running: [...running.values()].map(({ began, share }) => ({
      seconds: (performance.now() - began) / 1000,
      share,
    })),
  });
  const left = (): string => {
    const seconds = timeLeft(standing());
    return seconds === undefined ? 'unknown' : formatDuration(seconds);
  };
  const redraw = (): void =>
    bar?.update(finished.length, { left: left(), runs: [...running.keys()].join(', ') || 'done' });
  // The time left also changes while no run ends.
  const timer = bar && setInterval(redraw, 1000).unref();
  return {
    begin(run) {
      const entry = { began: performance.now(), share: 0 };
      running.set(run, entry);
      redraw();
      return (share) => void (entry.share = share);
    },
    end(run, record) {
      running.delete(run);
      finished.push(record.seconds);
      const line = `[${finished.length}/${total}] ${run}: ${describe(record)}, ${formatDuration(record.seconds)}`;
      if (!bar) stream.write(`${line}; ${left()} left\n`);
      redraw();
    },
    stop() {
      clearInterval(timer);
      bar?.stop();
    },
  };
}

function startBar(total: number, done: number, stream: NodeJS.WriteStream): SingleBar {
  const format = '{bar} {value}/{total} runs, {left} left  ({runs})';
  const options = { format, stream, barsize: 24, hideCursor: true, clearOnComplete: true, linewrap: false };
  // Otherwise the bar would handle signals itself and end the process before the child processes are stopped.
  const bar = new SingleBar({ ...options, gracefulExit: false }, Presets.shades_classic);
  bar.start(total, done, { left: 'unknown', runs: '' });
  return bar;
}

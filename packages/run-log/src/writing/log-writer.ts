import { jsonOf } from '../folder/number-text.ts';
import { reasonOf } from '../reading/log-errors.ts';
import type { Entry, LogFiles } from './log-files.ts';

/** Writes the rows of one `fit` beside the steps. It never throws: a failure is reported once, and the run goes on. */
export interface LogWriter {
  /** Adds a row after those before it, once it is known. */
  add(entry: Promise<Entry>): void;
  /** Writes a file anew, after the rows so far. */
  put(name: string, value: object): void;
  /** Whether so many rows wait that the run should wait too. */
  full(): boolean;
  /** When all rows so far are with the system; with `sync` also on the disk. */
  written(options?: { readonly sync?: boolean }): Promise<void>;
  end(): Promise<void>;
  failures(): readonly string[];
}

export interface WriterOptions {
  readonly folder: string;
  /** Called at the first row, and again if it failed. */
  open(): Promise<LogFiles>;
  log(message: string): void;
}

const mostWaiting = 1000;
/** Rows are written in groups: milliseconds from the first row of a group to its writing. */
const gathered = 100;
/** The rows that are kept in memory while the disk takes none. */
const mostKept = 100_000;
/** Milliseconds between two tries while the disk takes none. */
const retryAfter = 5000;

/** Creates the writer of a folder. */
export function createLogWriter({ folder, open, log }: WriterOptions): LogWriter {
  const failures: string[] = [];
  let waiting: Entry[] = [];
  /** What is written now, or was written in part when it failed. */
  let current: Entry[] = [];
  /** The files to write anew. Of several texts of one file the last one counts. */
  const texts = new Map<string, string>();
  let files: LogFiles | undefined;
  let known: Promise<void> = Promise.resolve();
  let writing: Promise<void> | undefined;
  let failedAt: number | undefined;
  let gathering: NodeJS.Timeout | undefined;
  let lost = 0;

  function fail(error: unknown): void {
    failedAt = performance.now();
    const why = `[run-log] ${folder} cannot be written: ${reasonOf(error)}.`;
    if (failures.push(why) === 1) log(`${why} The run goes on, and its rows wait in memory.`);
  }
  async function drain(): Promise<void> {
    try {
      while (current.length > 0 || waiting.length > 0 || texts.size > 0) {
        if (current.length === 0) [current, waiting] = [waiting, []];
        files ??= await open();
        if (current.length > 0) await files.add(current);
        current = [];
        for (const [name, text] of texts) {
          await files.put(name, text);
          if (texts.get(name) === text) texts.delete(name);
        }
        failedAt = undefined;
      }
    } catch (error) {
      fail(error);
    }
  }
  function start(again: boolean): Promise<void> {
    const isPause = failedAt !== undefined && !again && performance.now() - failedAt < retryAfter;
    if (isPause) return Promise.resolve();
    return (writing ??= drain().finally(() => void (writing = undefined)));
  }
  function startSoon(): void {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      void start(false);
    }, gathered);
  }
  async function written({ sync = false } = {}): Promise<void> {
    await known;
    clearTimeout(gathering);
    gathering = undefined;
    await writing;
    await start(true);
    if (sync && failedAt === undefined) await files?.sync().catch(fail);
  }

  return {
    add(entry) {
      known = known.then(async () => {
        try {
          const one = await entry;
          if (waiting.length < mostKept) waiting.push(one);
          else lost += 1;
          startSoon();
        } catch (error) {
          fail(error);
        }
      });
    },
    put(name, value) {
      const text = `${jsonOf(value)}\n`;
      known = known.then(() => {
        texts.set(name, text);
        void start(false);
      });
    },
    full: () => failedAt === undefined && waiting.length > mostWaiting,
    written,
    async end() {
      await written({ sync: true });
      const missing = lost + current.length + waiting.length;
      if (missing > 0)
        log(`[run-log] ${folder} lacks ${missing} rows of this run, which could not be written.`);
      await files?.close().catch(fail);
      files = undefined;
    },
    failures: () => [...failures],
  };
}

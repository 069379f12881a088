import fs, { type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { eventRecord } from '../records/event.ts';
import { eventFileName } from './event-file-name.ts';

/** Appends records to an event file of a folder, beside other work, in their order. */
export interface AppendOnly {
  /** Never throws. */
  add(record: Uint8Array): void;
  /** Resolves when everything so far was given to the system or is lost. */
  idle(): Promise<void>;
  /** Likewise, and closes the file. */
  close(): Promise<void>;
}

export interface AppendOptions {
  /** Records in front of all others, e.g. what says where the run has begun again. */
  readonly first?: readonly Uint8Array[];
  /** The end of the file's name. */
  readonly ending?: string;
  /** Receives the error of the system, and how many records are lost. */
  failed(error: unknown, lost: number): void;
}

/**
 * Creates the file with the first record. A record is written at once if nothing is being written, else with all that wait. So
 * a process that is killed loses only what was being written. After an error the file may end in the middle of a record, which
 * hides what comes after it, so the next records go to a new file.
 */
export function appendOnly(folder: string, { first = [], ending = '', failed }: AppendOptions): AppendOnly {
  let waiting: Uint8Array[] = [];
  let file: FileHandle | undefined;
  let work: Promise<void> | undefined;
  let begun = false;

  async function open(): Promise<FileHandle> {
    await fs.mkdir(folder, { recursive: true });
    const opened = await fs.open(join(folder, eventFileName(folder, ending)), 'wx');
    file = opened;
    // TensorBoard reads the version before all else.
    const head = [eventRecord(0, { fileVersion: 'brain.Event:2' }), ...(begun ? [] : first)];
    await writeAll(opened, Buffer.concat(head));
    begun = true;
    return opened;
  }

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const records = waiting;
      waiting = [];
      try {
        await writeAll(file ?? (await open()), Buffer.concat(records));
      } catch (error) {
        failed(error, records.length);
        await file?.close().catch(() => undefined);
        file = undefined;
      }
    }
    work = undefined;
  }

  async function idle(): Promise<void> {
    await work;
  }

  return {
    add(record) {
      waiting.push(record);
      work ??= writeWaiting();
    },
    idle,
    async close() {
      await idle();
      const open = file;
      file = undefined;
      await open?.close().catch((error: unknown) => failed(error, 0));
    },
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    if (bytesWritten === 0) throw Object.assign(new Error('EIO: a write took no bytes'), { code: 'EIO' });
    done += bytesWritten;
  }
}

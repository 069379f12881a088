import { Writable } from 'node:stream';
import xterm from '@xterm/headless';

/** A stream that is a terminal: what it is sent is shown by a real terminal emulator. */
export interface Screen extends Writable {
  readonly isTTY: true;
  columns: number;
  /** Everything that was sent. */
  readonly sent: string;
  /** The rows that are not empty, from the top, also those that have scrolled away. */
  rows(): Promise<string[]>;
  /** The column of the cursor, from 0. */
  cursor(): Promise<number>;
  /** Changes the width of the window, as a user does. */
  resize(columns: number): void;
}

/** Opens a window of 12 rows. */
export function openScreen(columns = 100): Screen {
  const height = 12;
  const terminal = new xterm.Terminal({
    cols: columns,
    rows: height,
    scrollback: 1000,
    convertEol: true,
    allowProposedApi: true,
  });
  let sent = '';
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _, done) {
      sent += chunk;
      terminal.write(chunk, done);
    },
  });
  async function arrived(): Promise<void> {
    while (stream.writableLength > 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise<void>((resolve) => terminal.write('', resolve));
  }
  return Object.defineProperties(
    Object.assign(stream, {
      isTTY: true as const,
      columns,
      async cursor() {
        await arrived();
        return terminal.buffer.active.cursorX;
      },
      async rows() {
        await arrived();
        const { active } = terminal.buffer;
        const all = Array.from({ length: active.length }, (_, at) =>
          active.getLine(at)!.translateToString(true),
        );
        return all.filter((row) => row !== '');
      },
      resize(this: Screen, to: number) {
        terminal.resize(to, height);
        this.columns = to;
        stream.emit('resize');
      },
    }),
    { sent: { get: () => sent } },
  ) as unknown as Screen;
}

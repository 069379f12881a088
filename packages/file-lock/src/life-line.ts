import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';

/** What a socket's path may be long, in bytes; the system cuts off the rest. */
const longestPath = 100;

/** Connects, and ends with 0 where somebody answered. */
const connect =
  "require('net').connect(process.argv[1]).on('connect', () => process.exit(0)).on('error', (error) => " +
  "process.exit(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? 3 : 4))";

/**
 * Listens at a socket beside a lock for as long as this process lives: by that a process in another container of the same
 * machine, which can't see this one, learns that it lives. Where there is no room for a socket there is none.
 *
 * @returns how to stop
 */
export function listen(path: string, token: string): () => void {
  const socket = socketOf(path, token);
  if (socket === undefined) return () => undefined;
  const server = createServer((connection) => connection.destroy());
  // A file system without sockets: how long the lock was not touched decides then.
  server.on('error', () => undefined);
  server.listen({ path: socket, exclusive: true }).unref();
  return () => {
    server.close();
    rmSync(socket, { force: true });
  };
}

/** Whether the holder of a lock listens; undefined where it has no socket. Asked of another process, because it must wait. */
export function isListening(path: string, token: string): boolean | undefined {
  const socket = socketOf(path, token);
  if (socket === undefined || !existsSync(socket)) return undefined;
  const { status } = spawnSync(process.execPath, ['-e', connect, socket], {
    stdio: 'ignore',
    timeout: 10_000,
    cwd: dirname(process.execPath),
    // What the caller preloads has no business here.
    env: {},
  });
  return status === 0 ? true : status === 3 ? false : undefined;
}

/** Removes the socket that a dead holder left. */
export function removeSocket(path: string, token: string): void {
  const socket = socketOf(path, token);
  if (socket !== undefined) rmSync(socket, { force: true });
}

function socketOf(path: string, token: string): string | undefined {
  const socket = `${path}.${token}.sock`;
  if (process.platform === 'win32' || Buffer.byteLength(socket) > longestPath) return undefined;
  return socket;
}

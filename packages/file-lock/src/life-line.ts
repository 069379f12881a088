import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';

/** The maximum length of a socket's path in bytes. The system cuts off the rest. */
const longestPath = 100;

/** A program that connects to a socket. It exits with 0 if a process answers. */
const connect =
  "require('net').connect(process.argv[1]).on('connect', () => process.exit(0)).on('error', (error) => " +
  "process.exit(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? 3 : 4))";

/**
 * Listens at a socket beside a lock for as long as this process lives. A process in another container of the same
 * machine cannot see this one; the socket tells it that this process lives. If no socket can be created, there is
 * none.
 *
 * @returns a function that stops listening
 */
export function listen(path: string, token: string): () => void {
  const socket = socketOf(path, token);
  if (socket === undefined) return () => undefined;
  const server = createServer((connection) => connection.destroy());
  // The file system has no sockets. Then the time since the last touch of the lock decides.
  server.on('error', () => undefined);
  server.listen({ path: socket, exclusive: true }).unref();
  return () => {
    server.close();
    rmSync(socket, { force: true });
  };
}

/**
 * Whether the holder of a lock listens; undefined if it has no socket. A child process asks, because connecting must
 * be waited for.
 */
export function isListening(path: string, token: string): boolean | undefined {
  const socket = socketOf(path, token);
  if (socket === undefined || !existsSync(socket)) return undefined;
  const { status } = spawnSync(process.execPath, ['-e', connect, socket], {
    stdio: 'ignore',
    timeout: 10_000,
    cwd: dirname(process.execPath),
    // The child must not load what the caller preloads.
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

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Without a sandbox, which a container has none of, and with WebGL on the processor. */
const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--no-first-run',
];

/**
 * Opens a page in a chromium without a window: `script` runs as a module, and what it posts to `/result` is given.
 *
 * @param folders - by name: the page finds their files at `/NAME/FILE`
 * @throws Error where the page says nothing within two minutes
 */
export async function runInBrowser(
  chromium: string,
  script: string,
  folders: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const profile = mkdtempSync(join(tmpdir(), 'cantrip-chromium-'));
  const { server, result } = await serve(script, folders);
  const { port } = server.address() as AddressInfo;
  const child = spawn(chromium, [...flags, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
    stdio: 'ignore',
    detached: true,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      result,
      new Promise((_, reject) => {
        child.once('error', reject);
        timer = setTimeout(() => reject(new Error('the page said nothing within two minutes')), 120_000);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    endGroup(child.pid);
    server.close();
    server.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** Ends chromium with the processes that it started. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

async function serve(
  script: string,
  folders: Readonly<Record<string, string>>,
): Promise<{ readonly server: Server; readonly result: Promise<unknown> }> {
  let answer!: (value: unknown) => void;
  const result = new Promise((resolve) => (answer = resolve));
  const server = createServer((request, response) => {
    if (request.url === '/result') {
      void bodyOf(request).then((text) => {
        response.end();
        answer(JSON.parse(text));
      });
    } else if (request.url === '/script.js') {
      response.setHeader('content-type', 'text/javascript').end(script);
    } else if (request.url === '/') {
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><meta charset="utf-8"><script type="module" src="/script.js"></script>');
    } else {
      const file = fileOf(request.url, folders);
      response.writeHead(file === undefined ? 404 : 200).end(file);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, result };
}

function fileOf(url: string | undefined, folders: Readonly<Record<string, string>>): Buffer | undefined {
  const [, name = '', file = '', ...more] = url?.split('/') ?? [];
  const folder = Object.hasOwn(folders, name) ? folders[name] : undefined;
  if (folder === undefined || file === '' || more.length > 0) return undefined;
  try {
    return readFileSync(join(folder, basename(file)));
  } catch {
    return undefined;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

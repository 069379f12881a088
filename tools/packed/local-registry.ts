import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCommand } from '../test-all/run-command.ts';

/** A registry that has the packed packages. npm gets every other package from the registry that it has. */
export interface LocalRegistry {
  readonly url: string;
  close(): void;
}

interface Packed {
  readonly name: string;
  readonly file: string;
  readonly manifest: object & { readonly version: string };
}

/** Serves packed packages on this machine alone. */
export async function serveRegistry(files: readonly string[]): Promise<LocalRegistry> {
  const packed = new Map<string, Packed>();
  for (const file of files) {
    const manifest = await manifestIn(file);
    packed.set(manifest.name, { name: manifest.name, file, manifest });
  }
  const { output } = await runCommand('npm', ['config', 'get', 'registry'], { quiet: true });
  const others = output.trim().replace(/\/$/, '');
  // Caches of npm go by address. An address is not used twice.
  const path = `/${randomUUID()}`;
  let url = '';
  const server = createServer((request, response) => {
    const asked = decodeURIComponent((request.url ?? '').slice(path.length + 1));
    const file = files.find((one) => asked === `files/${one.split('/').at(-1)}`);
    const found = packed.get(asked);
    if (file !== undefined) response.end(readFileSync(file));
    else if (found) response.end(JSON.stringify(documentOf(found, url)));
    else response.writeHead(302, { location: `${others}${(request.url ?? '').slice(path.length)}` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  return { url: `${url}/`, close: () => server.close() };
}

async function manifestIn(file: string): Promise<Packed['manifest'] & { readonly name: string }> {
  const { output } = await runCommand('tar', ['-xzOf', file, 'package/package.json'], { quiet: true });
  return JSON.parse(output) as Packed['manifest'] & { readonly name: string };
}

function documentOf({ name, file, manifest }: Packed, url: string): object {
  const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  const { version } = manifest;
  const dist = { tarball: `${url}/files/${file.split('/').at(-1)}`, integrity };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
}

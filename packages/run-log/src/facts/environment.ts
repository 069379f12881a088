import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';

const { resolve } = createRequire(import.meta.url);

/** What a process runs in. It names no user, host or path. */
export function environmentOf(
  device: {
    readonly name: string;
    readonly version: string;
    readonly threads: number;
    readonly hardware: string;
  },
  plugins: readonly string[],
): Readonly<Record<string, unknown>> {
  const { name, version, threads, hardware } = device;
  return {
    node: process.version,
    platform: process.platform,
    architecture: process.arch,
    processors: availableParallelism(),
    memory: totalmem(),
    device: { name, version, threads, hardware },
    packages: versionsOf([
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-layers',
      ...['trainer', 'run-log', ...plugins].map((one) => `@cantrip/${one}`),
    ]),
  };
}

function versionsOf(names: readonly string[]): Readonly<Record<string, string>> {
  const found = [...new Set(names)].flatMap((name) => {
    try {
      const { version } = JSON.parse(readFileSync(resolve(`${name}/package.json`), 'utf8')) as {
        version?: unknown;
      };
      return typeof version === 'string' ? [[name, version] as const] : [];
    } catch {
      // A plugin of one's own has no package of this name.
      return [];
    }
  });
  return Object.fromEntries(found);
}

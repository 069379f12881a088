import { availableParallelism, totalmem } from 'node:os';
import { packageVersions } from '@cantrip/plugin-kit';

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
    packages: packageVersions(
      [
        '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-layers',
        ...['trainer', 'run-log', ...plugins].map((one) => `@cantrip/${one}`),
      ],
      import.meta.url,
    ),
  };
}

import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { type GivenFile, givenFile } from '../parts/given-files.ts';

/** The Vulkan loader of this machine, which a machine with a card may lack; undefined where there is none. */
export function vulkanLoader(): GivenFile | undefined {
  const path = loaderPath();
  return path === undefined ? undefined : { ...givenFile('lib/libvulkan.so.1', path), mode: 0o755 };
}

function loaderPath(): string | undefined {
  try {
    const known = execFileSync('ldconfig', ['-p'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const path = /libvulkan\.so\.1 \([^)]*x86-64[^)]*\) => (\S+)/.exec(known)?.[1];
    return path !== undefined && existsSync(path) ? realpathSync(path) : undefined;
  } catch {
    return undefined;
  }
}

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type * as ablation from '@cantrip/ablation';
import type * as checkpoint from '@cantrip/checkpoint';
import { CantripError } from '@cantrip/errors';
import type * as schedules from '@cantrip/lr-schedules';
import type * as report from '@cantrip/report';
import type * as safetensors from '@cantrip/safetensors';
import type * as trainer from '@cantrip/trainer';
import type * as files from '@cantrip/weights/files';
import { codes } from '../error-codes.ts';

/** The packages of a project that commands use. */
export interface ProjectPackages {
  readonly '@cantrip/ablation': typeof ablation;
  readonly '@cantrip/checkpoint': typeof checkpoint;
  readonly '@cantrip/lr-schedules': typeof schedules;
  readonly '@cantrip/report': typeof report;
  readonly '@cantrip/safetensors': typeof safetensors;
  readonly '@cantrip/trainer': typeof trainer;
  readonly '@cantrip/weights/files': typeof files;
}

/**
 * Imports a package as the project's own modules do. A second copy, next to the command, would not know the objects that
 * the config made.
 *
 * @param path - a module or folder of the project
 * @throws CantripError CLI_PACKAGE if it is not installed
 */
export async function fromProject<Name extends keyof ProjectPackages>(
  who: string,
  name: Name,
  path: string,
): Promise<ProjectPackages[Name]> {
  return (await import(pathToFileURL(place(who, name, path)).href)) as ProjectPackages[Name];
}

function place(who: string, name: string, path: string): string {
  try {
    return createRequire(path).resolve(name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause;
    throw new CantripError(codes.CLI_PACKAGE, {
      who,
      what: `the project of ${path} has no package ${name}`,
      fix: `Run npm install ${name.split('/', 2).join('/')}`,
      cause,
    });
  }
}

import { basename } from 'node:path';
import { CantripError, describe } from '@cantrip/errors';
import validate from 'validate-npm-package-name';
import { codes, who } from '../error-codes.ts';

/**
 * The name of a project: that of its folder, in small letters.
 *
 * @param folder - an absolute path
 * @throws CantripError CREATE_CANTRIP_NAME if npm would refuse it
 */
export function projectName(folder: string): string {
  const name = basename(folder).toLowerCase().replace(/\s+/g, '-');
  const { validForNewPackages, errors = [], warnings = [] } = validate(name);
  if (validForNewPackages) return name;
  const [problem = 'npm refuses it'] = [...errors, ...warnings];
  throw new CantripError(codes.CREATE_CANTRIP_NAME, {
    who,
    what: `the folder ${describe(basename(folder))} gives the project a name that npm refuses: ${problem}`,
    fix: 'Choose a name of small letters, digits and hyphens, e.g. my-model',
  });
}

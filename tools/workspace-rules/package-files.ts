import type { Breach, Rule } from './rule.ts';
import { filesUnder, type Package, type Workspace } from '../workspace/workspace.ts';

const required = ['package.json', 'tsconfig.json', 'README.md', 'src/index.ts'];
const allowed =
  /^(package\.json|tsconfig\.json|README\.md|CHANGELOG\.md|NOTICE|LICENSE|(bin|src|test|dist)\/.+)$/;

/** What `packages/<name>/tsconfig.json` may say: everything else is decided once, in tsconfig.base.json. */
export const packageTsconfig = '{ "extends": "../../tsconfig.base.json", "include": ["src", "test"] }';

/** A package is package.json, a 3-line tsconfig.json, README.md, src and test (and bin): nothing is configured in it. */
export const packageFiles: Rule = {
  name: 'files of a package',
  check: (workspace) =>
    workspace.packages.flatMap((pkg) => [...missing(workspace, pkg), ...surplus(workspace, pkg)]),
};

function missing(workspace: Workspace, pkg: Package): Breach[] {
  const breaches: Breach[] = required
    .filter((name) => !workspace.files.has(`${pkg.folder}/${name}`))
    .map((name) => ({
      file: `${pkg.folder}/${name}`,
      what: 'is missing',
      fix: 'Copy it from another package, or make the package with `npm run new-trick`',
    }));
  if (!filesUnder(workspace, pkg, 'test/').some(([path]) => path.endsWith('.test.ts'))) {
    breaches.push({
      file: `${pkg.folder}/test`,
      what: 'the package has no test',
      fix: 'Add test/<what>.test.ts',
    });
  }
  const text = workspace.files.get(`${pkg.folder}/tsconfig.json`);
  if (text !== undefined && squeeze(text) !== squeeze(packageTsconfig)) {
    breaches.push({
      file: `${pkg.folder}/tsconfig.json`,
      what: 'says more or less than the packages agreed on',
      fix: `Write ${packageTsconfig}`,
    });
  }
  return breaches;
}

function surplus(workspace: Workspace, pkg: Package): Breach[] {
  return filesUnder(workspace, pkg, '')
    .filter(([path]) => !allowed.test(path.slice(pkg.folder.length + 1)))
    .map(([file]) => ({
      file,
      what: 'does not belong into a package',
      fix: 'Move it below src or test, or into the one configuration at the root',
    }));
}

function squeeze(json: string): string {
  return json.replace(/\s+/g, '');
}

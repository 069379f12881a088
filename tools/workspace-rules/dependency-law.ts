import { importsOf, packageName } from '../workspace/imports-of.ts';
import type { Breach, Rule } from './rule.ts';
import { filesUnder, type Package, type Workspace } from '../workspace/workspace.ts';

/** All that a trick may need when it runs. */
const trickMayUse = new Set([
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@cantrip/plugin-kit',
  '@cantrip/ops',
  '@cantrip/errors',
  'valibot',
]);

const native = /^(koffi|@tensorflow\/(tfjs|tfjs-node|tfjs-node-gpu|tfjs-backend-.+|tfjs-converter))$/;
const sharedTfjs = new Set(['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers']);
const peerRange = '>=4.22.0 <5';
const nativeOwner = 'core-tensor-gpu';
/** Lists of plugins for users; nothing is built on it. */
const listOfTricks = 'recipes';

/** Run-time dependencies point one way: recipes; tricks; trainer, optimizers and data; core-tensor-gpu; ops and plugin-kit; errors. */
export const dependencyLaw: Rule = {
  name: 'dependency law',
  check: (workspace) =>
    workspace.packages.flatMap((pkg) => [
      ...manifestBreaches(workspace, pkg),
      ...importBreaches(workspace, pkg),
    ]),
};

function manifestBreaches(workspace: Workspace, pkg: Package): Breach[] {
  const file = `${pkg.folder}/package.json`;
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = pkg.manifest;
  const breaches: Breach[] = [];
  for (const name of Object.keys(dependencies)) {
    if (sharedTfjs.has(name)) {
      breaches.push({
        file,
        what: `${name} is a plain dependency, and a second copy of it registers every kernel again`,
        fix: `Move it to peerDependencies with the range ${peerRange}`,
      });
    }
  }
  for (const [name, range] of Object.entries(peerDependencies)) {
    if (sharedTfjs.has(name) && range !== peerRange) {
      breaches.push({ file, what: `${name} is wanted as ${range}`, fix: `Write ${peerRange}` });
    }
  }
  for (const [name, range] of Object.entries(peerDependencies)) {
    if (name.startsWith('@cantrip/') && !endsAtNextBreak(workspace, name, range)) {
      breaches.push({
        file,
        what: `${name} is wanted as ${range}, which takes a breaking version of it too`,
        fix: 'End the range before the next minor version, which breaks while the major one is 0: <0.2.0 for 0.1.x',
      });
    }
  }
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    // The types of a trick's plugin are the trainer's, so whoever type-checks needs it; a running program does not.
    if (name === '@cantrip/trainer' && peerDependenciesMeta[name]?.optional && !(name in dependencies))
      continue;
    const refusal = refusalOf(workspace, pkg, name);
    if (refusal)
      breaches.push({ file, what: `depends on ${name} at run time: ${refusal.what}`, fix: refusal.fix });
  }
  return breaches;
}

/** A 0.x version breaks at each minor one. Until the first release, 0.1.0, that is 0.2.0. */
function endsAtNextBreak({ packages }: Workspace, name: string, range: string): boolean {
  const version = packages.find(({ manifest }) => manifest.name === name)?.manifest.version ?? '0.0.0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const end = major === 0 ? `<0.${Math.max(minor, 1) + 1}.0` : `<${major + 1}`;
  return range.endsWith(end);
}

function importBreaches(workspace: Workspace, pkg: Package): Breach[] {
  const sources = filesUnder(workspace, pkg, 'src/').filter(([path]) => path.endsWith('.ts'));
  const built = filesUnder(workspace, pkg, 'dist/').filter(([path]) => path.endsWith('.js'));
  return [...sources, ...built].flatMap(([file, text]) =>
    importsOf(file, text)
      .filter(({ typeOnly }) => !typeOnly)
      .flatMap(({ from }) => {
        const name = packageName(from);
        return name === undefined ? [] : importBreach(workspace, pkg, file, name);
      }),
  );
}

function importBreach(workspace: Workspace, pkg: Package, file: string, name: string): Breach[] {
  const refusal = refusalOf(workspace, pkg, name);
  if (refusal) return [{ file, what: `imports ${name}: ${refusal.what}`, fix: refusal.fix }];
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = pkg.manifest;
  const declared = name in dependencies || name in peerDependencies || name === pkg.manifest.name;
  // What stands in devDependencies is bundled into dist by tsup.
  const bundled = name in devDependencies && file.includes('/src/') && !name.startsWith('@cantrip/');
  // What is never published takes what the workspace has.
  if (declared || bundled || pkg.manifest.private) return [];
  return [
    {
      file,
      what: `imports ${name} at run time, which package.json does not name`,
      fix: `Add ${name} to its dependencies, or take only types with \`import type\``,
    },
  ];
}

interface Refusal {
  readonly what: string;
  readonly fix: string;
}

/** Why this package may not need the other one when it runs; undefined when it may. */
function refusalOf({ packages }: Workspace, pkg: Package, name: string): Refusal | undefined {
  if (pkg.name !== nativeOwner && native.test(name)) {
    return {
      what: `only ${nativeOwner} touches a backend or the native library`,
      fix: `Use what @cantrip/${nativeOwner} exports, or add it there`,
    };
  }
  const isTrick = packages.some((other) => other.isTrick && other.manifest.name === name);
  if (!pkg.isTrick && isTrick && !pkg.manifest.private && pkg.name !== listOfTricks) {
    return {
      what: 'nothing that tricks plug into knows a trick',
      fix: 'Let the user pass it in, as a plugin',
    };
  }
  if (!pkg.isTrick || trickMayUse.has(name) || name === pkg.manifest.name) return undefined;
  // What only a device of Node's can do: the trick says so where the package is absent.
  if (name === `@cantrip/${nativeOwner}` && pkg.manifest.peerDependenciesMeta?.[name]?.optional)
    return undefined;
  if (name === '@cantrip/trainer') {
    return { what: 'a trick works without the trainer', fix: 'Take only its types, with `import type`' };
  }
  return {
    what: `a trick may use only ${[...trickMayUse].join(', ')}`,
    fix: isTrick
      ? 'Take its plugin object as an option and call run.use(thatPlugin)'
      : 'Do without it, or put what is needed into a package that tricks may use',
  };
}

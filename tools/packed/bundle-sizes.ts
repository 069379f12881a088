import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as buildWithEsbuild } from 'esbuild';
import { build as buildWithVite } from 'vite';
import { type BundleBudget, bundleBudgets } from './package-budgets.ts';

/** Bytes after gzip, by bundler, of a program for a browser; what a bundler says where it fails. */
export interface BundleSize {
  readonly budget: BundleBudget;
  readonly esbuild: number | string;
  readonly vite: number | string;
}

/** Bundles each program of the budgets from the packages that are installed in a folder. */
export async function bundleSizes(folder: string): Promise<BundleSize[]> {
  const sizes: BundleSize[] = [];
  for (const budget of bundleBudgets) {
    const program = `export { ${budget.takes} } from '@cantrip/${budget.from}';`;
    sizes.push({
      budget,
      esbuild: await sizeOrFailure(() => esbuild(folder, program)),
      vite: await sizeOrFailure(() => vite(folder, program)),
    });
  }
  return sizes;
}

async function sizeOrFailure(bundle: () => Promise<string>): Promise<number | string> {
  try {
    return gzipSync(await bundle(), { level: 9 }).length;
  } catch (error) {
    return String(error);
  }
}

async function esbuild(folder: string, program: string): Promise<string> {
  const { outputFiles } = await buildWithEsbuild({
    stdin: { contents: program, resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['@tensorflow/*'],
    logLevel: 'silent',
    write: false,
  });
  return outputFiles[0]!.text;
}

/**
 * As vite builds a page. Its library mode leaves white space, and a comment with the path of each module, so that the
 * size would depend on the name of the folder.
 */
async function vite(folder: string, program: string): Promise<string> {
  const entry = join(folder, 'virtual-entry.js');
  const given = {
    name: 'program',
    resolveId: (id: string) => (id === entry ? id : undefined),
    load: (id: string) => (id === entry ? program : undefined),
  };
  const built = await buildWithVite({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [given],
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rollupOptions: { input: entry, preserveEntrySignatures: 'strict', external: /^@tensorflow\// },
    },
  });
  const outputs = [built].flat() as readonly {
    readonly output: readonly { readonly type: string; readonly code?: string }[];
  }[];
  return outputs.flatMap(({ output }) => output.map(({ code = '' }) => code)).join('\n');
}

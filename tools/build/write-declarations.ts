import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

/**
 * Writes one declaration file for each entry of the package in the current folder. Every export states its type
 * (`isolatedDeclarations`), so each file is read alone, without a type checker.
 *
 * @param entries - built file (below dist, without its ending) to source
 */
export async function writeDeclarations(entries: Readonly<Record<string, string>>): Promise<void> {
  const bundle = await rolldown({
    input: { ...entries },
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [dts({ oxc: true, emitDtsOnly: true, tsconfig: false })],
  });
  await bundle.write({ dir: 'dist', format: 'es', chunkFileNames: 'types/[name]-[hash].js' });
  await bundle.close();
}

import { defineConfig } from 'tsup';

/** Serves every package: what stands in `dependencies` stays outside, what stands in `devDependencies` is bundled. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20.19',
  platform: 'node',
  // tsup sets baseUrl, which TypeScript 6 calls deprecated.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  clean: true,
  sourcemap: true,
  treeshake: true,
});

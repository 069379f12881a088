import { gpuPage } from '../gpu/page/gpu-page.ts';
import type { Outcome } from '../gpu/runs/outcome.ts';
import { runs } from '../gpu/runs/runs.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The page of what was measured on GPUs, from the committed outcomes of tools/gpu. */
export function gpuResults({ files }: Workspace): (readonly [file: string, text: string])[] {
  if (!files.has('tools/gpu/README.md')) return [];
  const outcomes = runs.flatMap(({ name }) => {
    const text = files.get(`tools/benchmarks/results/gpu/${name}.json`);
    return text === undefined ? [] : [JSON.parse(text) as Outcome];
  });
  return [['docs/benchmarks/gpu.md', gpuPage(outcomes)]];
}

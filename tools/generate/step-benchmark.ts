import { chart } from '../benchmarks/step/page/chart.ts';
import { page } from '../benchmarks/step/page/page.ts';
import type { ProfileReport } from '../benchmarks/step/profile/profile-report.ts';
import type { Report } from '../benchmarks/step/page/report.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The page and the chart of `npm run bench`, from its committed results and those of `npm run bench:profile`. */
export function stepBenchmark({ files }: Workspace): (readonly [file: string, text: string])[] {
  const results = files.get('tools/benchmarks/results/step.json');
  if (results === undefined) return [];
  const report = JSON.parse(results) as Report;
  const profile = files.get('tools/benchmarks/results/step-profile.json');
  return [
    [
      'docs/benchmarks/step.md',
      page(report, profile === undefined ? undefined : (JSON.parse(profile) as ProfileReport)),
    ],
    ['docs/benchmarks/step.svg', chart(report)],
  ];
}

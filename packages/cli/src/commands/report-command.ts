import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { CantripParts } from '../cantrip-parts.ts';
import { fromProject } from '../config/from-project.ts';
import { stdoutForResults } from '../stdout-for-results.ts';
import { writeResult } from './write-result.ts';

const who = 'cantrip report';

interface Options {
  readonly output: string;
  readonly title?: string;
  readonly json?: true;
}

/** `cantrip report FOLDER…`: writes one HTML page about runs. */
export function reportCommand({ out }: CantripParts): Command {
  return new Command('report')
    .summary('write one HTML page about one or several runs')
    .description(
      "Reads run folders, which the plugin runLog of '@cantrip/run-log' writes, and writes one HTML file: curves, predictions, " +
        'speed, plugins, environment, and what differs between the runs. The page needs no network.',
    )
    .argument('<folder...>', 'run folders, or folders that hold run folders')
    .option('-o, --output <file>', 'the file to write', 'report.html')
    .option('--title <title>', 'the heading of the page (default: the names of the runs)')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ cantrip report runs/first\n' +
        '  $ cantrip report runs/seed-1 runs/seed-2 runs/seed-3 --output seeds.html\n' +
        '  $ cantrip report runs --title "All runs of this week"',
    )
    .action(async (folders: readonly string[], { output, title, json }: Options) => {
      const written = await stdoutForResults(async () => {
        const { createReport } = await fromProject(
          who,
          '@cantrip/report',
          join(process.cwd(), 'package.json'),
        );
        const page = await createReport(folders, title === undefined ? {} : { title });
        writeResult(who, output, page);
        return { output: resolve(output), folders, bytes: Buffer.byteLength(page) };
      });
      out(json ? `${JSON.stringify(written, undefined, 2)}\n` : `Wrote ${output}\n`);
    });
}

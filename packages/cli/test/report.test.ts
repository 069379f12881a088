import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { data, imports, project, trainerOf } from './project.ts';

const head = "import { runLog } from '@cantrip/run-log';\n";
const config = `${head}${imports}export default () => ({ trainer: ${trainerOf('sgd({ learningRate: 0.1 })', "runLog({ folder: 'my runs/first', every: 1 })")}, data: ${data}, fit: { epochs: 2 } });`;

describe('cantrip report', () => {
  it('writes a page about what cantrip train has logged', async () => {
    const { folder, cantrip } = project({ 'train.ts': config });
    await cantrip('train', 'train.ts');
    const text = await cantrip('report', 'my runs/first');
    expect(text).toEqual({ code: 0, out: 'Wrote report.html\n', err: '' });
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(page).toContain('<title>Run first</title>');
    expect(page).toContain('Loss of steps');
    const json = await cantrip(
      'report',
      'my runs',
      '--title',
      'Mine & yours',
      '-o',
      'out/page.html',
      '--json',
    );
    const written = readFileSync(join(folder, 'out/page.html'), 'utf8');
    expect(written).toContain('<title>Mine &amp; yours</title>');
    expect(JSON.parse(json.out)).toEqual({
      output: join(folder, 'out/page.html'),
      folders: ['my runs'],
      bytes: Buffer.byteLength(written),
    });
  });

  it('says in one sentence what is wrong, and writes nothing', async () => {
    const { folder, cantrip } = project({ 'notes.txt': '' });
    const none = await cantrip('report', 'runs');
    expect(none).toMatchObject({ code: 1, out: '' });
    expect(none.err).toMatch(/^\[report\] .*runs does not exist\. .* \(REPORT_NO_RUN\)\n$/);
    expect((await cantrip('report')).err).toContain("missing required argument 'folder'");
    expect(existsSync(join(folder, 'report.html'))).toBe(false);
  });
});

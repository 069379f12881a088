import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readRunLog } from '@cantrip/run-log';
import { inFolder, sameFiles } from './in-folder.ts';

const program = fileURLToPath(new URL('programs/train.ts', import.meta.url));

/** Runs the program, and kills it some milliseconds after a step. */
async function train(
  folder: string,
  kill?: { readonly step: number; readonly after: number },
): Promise<number | null> {
  const args = ['--import', 'tsx', '--conditions=@cantrip/source', program, folder, kill ? '15' : '0'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, wrong] = ['', ''];
  child.stderr.on('data', (text: Buffer) => (wrong += text.toString()));
  child.stdout.on('data', (text: Buffer) => {
    const before = out;
    out += text.toString();
    const mark = `step ${kill?.step}\n`;
    if (out.includes(mark) && !before.includes(mark)) setTimeout(() => child.kill('SIGKILL'), kill!.after);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(wrong);
  return code;
}

describe('a run that is killed and goes on', () => {
  it('has each step once, and the files of an unbroken run to the bit', { timeout: 300_000 }, async () => {
    await inFolder(async (unbroken) => {
      await train(unbroken);
      const wanted = sameFiles(unbroken);
      const { steps, validations, epochs } = await readRunLog(unbroken);
      expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
      expect(validations.map(({ step }) => step)).toEqual([3, 6, 9, 15]);
      expect(validations.map(({ figures }) => Object.keys(figures))).toEqual(
        validations.map(() => ['validation_loss', 'validation_accuracy']),
      );
      // Only the end of the third epoch is the end of three steps too.
      expect(epochs.map(({ figures }) => 'validation_loss' in figures)).toEqual([false, false, true, false]);
      // Another random moment would be another seed: the trainer's seed is that of tinyTrainer.
      for (const [step, after] of [
        [1, 0],
        [3, 4],
        [4, 9],
        [8, 1],
        [9, 12],
        [12, 6],
        [14, 3],
        [16, 0],
      ] as const) {
        await inFolder(async (folder) => {
          await train(folder, { step, after });
          await train(folder);
          expect(sameFiles(folder), `killed ${after} ms after step ${step}`).toEqual(wanted);
          const seconds = (await readRunLog(folder)).times.map((one) => one.seconds);
          expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
        });
      }
    });
  });
});

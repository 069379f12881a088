import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { loadModel } from '@cantrip/weights/files';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('./programs/export-for-ever.ts', import.meta.url));

it('a process that is killed while it exports leaves one whole model', async () => {
  await openDevice('cpu');
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-killed-'));
  try {
    for (const pause of [0, 7, 23, 61]) {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', '--conditions=@cantrip/source', program, folder],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await once(child.stdout, 'data');
      await wait(pause);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const model = await loadModel(folder);
      const [kernel, bias] = model.getWeights().map((weight) => new Set(weight.dataSync()));
      expect([...kernel!]).toHaveLength(1);
      expect(bias).toEqual(kernel);
      model.dispose();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 50_000);

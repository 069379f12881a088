import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Need } from './run.ts';

/** What this machine has: the version of each, or why it is missing. */
export interface Present {
  readonly has: Readonly<Record<Need, { readonly version: string } | { readonly missing: string }>>;
  /** A Python with PyTorch. */
  readonly python?: string;
}

type Found = Present['has'][Need];

/** Opens each device in a process of its own, so that a driver that crashes takes nobody with it. */
export async function whatIsPresent(root: string, native: string): Promise<Present> {
  const [cuda, webgpu] = [await device(root, native), await device(root, 'webgpu')];
  const python = process.env['CANTRIP_BENCH_PYTHON'] ?? 'python3';
  const torch = await pytorch(python, native === 'cuda');
  return {
    has: { cuda, webgpu, torch, cpu: { version: process.version } },
    ...('version' in torch && { python }),
  };
}

async function device(root: string, name: string): Promise<Found> {
  const program = `
    import { openDevice } from '@cantrip/core-tensor-gpu';
    try {
      const { version, hardware } = (await openDevice(${JSON.stringify(name)})).describe();
      console.log('found ' + version + ', ' + hardware);
    } catch (error) { console.log('missing ' + error.message); }
    process.exit(0);`;
  const args = ['--conditions=@cantrip/source', '--import', 'tsx', '--input-type=module', '-e', program];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: `${root}/tools`,
      timeout: 90_000,
    });
    const [, word, text = ''] = /^(found|missing) ([\s\S]*)$/m.exec(stdout.trim()) ?? [];
    return word === 'found' ? { version: text } : { missing: text || `${name} gave no answer` };
  } catch (error) {
    const { signal, message } = error as Error & { signal?: string };
    return { missing: `opening ${name} ended with ${signal ?? message.split('\n').slice(0, 3).join(' ')}` };
  }
}

/** On a card, PyTorch must see it too. */
async function pytorch(python: string, onCard: boolean): Promise<Found> {
  const program = 'import numpy, torch; print("found", torch.__version__, torch.cuda.is_available())';
  // As the step benchmark starts it.
  const env = { ...process.env, LD_LIBRARY_PATH: process.env['CANTRIP_PEERS_LD_LIBRARY_PATH'] };
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', program], { timeout: 90_000, env });
    const [, version = '', cuda] = /^found (\S+) (\w+)$/m.exec(stdout) ?? [];
    if (onCard && cuda !== 'True') return { missing: `PyTorch ${version} sees no card` };
    return { version: `PyTorch ${version}` };
  } catch {
    return { missing: `${python} has no PyTorch` };
  }
}

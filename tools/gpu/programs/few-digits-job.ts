// `few-digits-job.ts DEVICE FOLDER RESULT`: the MNIST job on a few of its digits, for a rehearsal.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFewDigits } from '../../examples/few-digits.ts';

const [device = '', folder = '', result = ''] = process.argv.slice(2);
const data = join(folder, 'data');
writeFewDigits(data, { train: 128, test: 64 });
const job = fileURLToPath(new URL('../../../docs/examples/mnist/main.ts', import.meta.url));
const options = { device, data, epochs: '1', checkpoints: join(folder, 'checkpoints'), json: result };
const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
try {
  execFileSync(process.execPath, ['--conditions=@cantrip/source', '--import', 'tsx', job, ...args], {
    stdio: 'pipe',
  });
} catch (error) {
  // So few digits do not reach the accuracy that the job asks for; its result is there all the same.
  process.stdout.write(String((error as { stderr?: Buffer }).stderr ?? error));
}

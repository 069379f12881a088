import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import shared from '../vitest.config.ts';
import { runCommand } from './test-all/run-command.ts';
import { readSlowTests, updateSlowTests } from './test-quick/slow-tests.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * `npm run test:quick`: house rules, types, and every test of the packages that takes no more than some seconds, on the
 * devices that are there. Nothing is downloaded. `-- --update` finds out which tests are slow, after `npm test`.
 */
async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--update')) return updateSlowTests(root);
  for (const script of ['check', 'typecheck']) {
    const { code } = await runCommand('npm', ['run', '--silent', script]);
    if (code !== 0) process.exitCode = 1;
  }
  const vitest = await startVitest(
    'test',
    [...args],
    {
      ...shared.test,
      config: false,
      root,
      watch: false,
      reporters: ['default'],
      include: ['packages/*/test/**/*.test.ts'],
      exclude: ['**/node_modules/**', ...readSlowTests(root)],
    },
    { resolve: shared.resolve!, ssr: shared.ssr! },
  );
  await vitest.close();
}

await main(process.argv.slice(2));

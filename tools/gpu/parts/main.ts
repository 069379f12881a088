// `node put-together.mjs PARTS TARGET`: what assemble.sh calls. It needs nothing but Node.
import { putTogether } from './put-together.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const [parts, target] = process.argv.slice(2);

try {
  if (parts === undefined || target === undefined) throw new Error('usage: put-together.mjs PARTS TARGET');
  const { whole, problems } = await putTogether(parts, target, say);
  for (const problem of problems) say(problem);
  say(`whole: ${whole.join(', ') || 'nothing'}`);
  process.exitCode = problems.length === 0 ? 0 : 3;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/**
 * The cases of the step benchmark on wasm, beside TensorFlow.js op by op on its own wasm backend, from the same weights,
 * with the same losses, and beside Cantrip on one thread, and there without SIMD. Writes results/wasm-cases.json.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/wasm-cases.ts [rounds] [case …]
 *
 * With cases named, it prints the figures alone.
 */
import { availableParallelism } from 'node:os';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { measuredHere } from '../measuring/measured-here.ts';
import { writeResult } from '../measuring/measure.ts';
import { cases } from '../step/cases/cases.ts';
import { contenders } from '../step/contenders/contenders.ts';
import { runCase } from '../step/run-case.ts';

/** Those whose step takes both less than 10 s; tfjs-backend-wasm has no gradient of a depthwise convolution either. */
const CASES = ['cnn', 'mlp', 'fine-tuning', 'lstm', 'text-cnn'];

const [rounds = '13', ...names] = process.argv.slice(2);
const threads = availableParallelism();
// Here models are only made, to draw their weights.
await openDevice('cpu');
const [ours, stock] = ['cantrip', 'tfjs'].map((name) => contenders.find((one) => one.name === name)!);
const threadsOff = 'WASM_HAS_MULTITHREAD_SUPPORT';
const onWasm = [
  { ...ours!, environment: {} },
  { ...stock!, environment: {} },
  { ...ours!, name: 'cantrip-one-thread', environment: { CANTRIP_BENCH_FLAGS_OFF: threadsOff } },
  {
    ...ours!,
    name: 'cantrip-no-simd',
    environment: { CANTRIP_BENCH_FLAGS_OFF: `${threadsOff},WASM_HAS_SIMD_SUPPORT` },
  },
].map((one) => ({ ...one, environment: { ...one.environment, CANTRIP_BENCH_DEVICE: 'wasm' } }));
const figures: Record<string, object> = {};
for (const oneCase of cases.filter(({ name }) => (names.length > 0 ? names : CASES).includes(name))) {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(oneCase.title);
  const options = { rounds: Number(rounds), epochRounds: 0, warmUp: 3, threads, steps: 1, say };
  const [whole, tfjs, oneThread, noSimd] = (await runCase(oneCase, onWasm, options)).contenders;
  figures[oneCase.name] = {
    title: oneCase.title,
    milliseconds: whole!.stepMilliseconds,
    tfjsMilliseconds: tfjs!.stepMilliseconds,
    ratio: tfjs!.cantripRatio,
    overOneThread: oneThread!.cantripRatio,
    overNoSimd: noSimd!.cantripRatio,
  };
}
const result = { ...measuredHere(), threads, rounds: Number(rounds), cases: figures };
if (names.length > 0) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
else writeResult('wasm-cases', result);

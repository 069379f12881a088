import type { Case } from '../cases/cases.ts';

/** A program that trains a case and answers requests; a process of its own for each case. */
export interface Contender {
  readonly name: string;
  readonly title: string;
  /** Contenders of one family are ways to run the same framework: a target is against the faster of them. */
  readonly family: 'cantrip' | 'tfjs' | 'keras' | 'torch' | 'jax';
  readonly file: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Takes part in these cases only, in all by default; where `--only` names it, in every case that is run. */
  readonly cases?: readonly Case['name'][];
}

/** oneDNN's kernels, which TensorFlow takes by itself on some processors only. */
const oneDnn = { TF_ENABLE_ONEDNN_OPTS: '1' };

/**
 * At batch 4 threads inside an op wait for each other longer than they work. TensorFlow may still run two ops side by
 * side, ours and Keras's alike.
 */
const oneThread = {
  CANTRIP_BENCH_THREADS: '1',
  TF_NUM_INTRAOP_THREADS: '1',
  OMP_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  PJRT_NPROC: '1',
  NPROC: '1',
};
const smallBatch = ['fine-tuning'];

/** In a step of a millisecond TensorFlow loses by running ops side by side: what mode `measure` of cudnn-tuner finds. */
const inTurn = { TF_NUM_INTEROP_THREADS: '1' };
const shortSteps = ['mlp'];

export const contenders: readonly Contender[] = [
  { name: 'cantrip', title: 'Cantrip', family: 'cantrip', file: 'cantrip.ts', options: {} },
  {
    name: 'cantrip-eager',
    title: 'Cantrip, not captured',
    family: 'cantrip',
    file: 'cantrip.ts',
    options: { capture: false },
    cases: [],
  },
  {
    name: 'cantrip-bfloat16',
    title: 'Cantrip, in bfloat16',
    family: 'cantrip',
    file: 'cantrip.ts',
    options: { precision: 'bfloat16' },
    cases: [],
  },
  {
    name: 'cantrip-xla',
    title: 'Cantrip, compiled by XLA',
    family: 'cantrip',
    file: 'cantrip.ts',
    options: { capture: true, compile: 'xla' },
    cases: [],
  },
  {
    name: 'cantrip-in-turn',
    title: 'Cantrip, ops in turn',
    family: 'cantrip',
    file: 'cantrip.ts',
    options: {},
    environment: inTurn,
    cases: [],
  },
  {
    name: 'cantrip-one-thread',
    title: 'Cantrip, one thread in an op',
    family: 'cantrip',
    file: 'cantrip.ts',
    options: {},
    environment: oneThread,
  },
  {
    name: 'cantrip-all-threads',
    title: 'Cantrip, all threads in an op',
    family: 'cantrip',
    file: 'cantrip.ts',
    options: {},
    environment: { CANTRIP_STEP_THREADS: 'all' },
  },
  {
    name: 'tfjs',
    title: 'TensorFlow.js 4.22',
    family: 'tfjs',
    file: 'stock-tfjs.ts',
    options: {},
  },
  {
    name: 'tfjs-one-thread',
    title: 'TensorFlow.js 4.22, one thread in an op',
    family: 'tfjs',
    file: 'stock-tfjs.ts',
    options: {},
    environment: oneThread,
    cases: smallBatch,
  },
  {
    name: 'keras',
    title: 'Keras on TensorFlow',
    family: 'keras',
    file: '../peers/keras_peer.py',
    options: {},
    environment: oneDnn,
  },
  {
    name: 'keras-jit',
    title: 'Keras, jit_compile',
    family: 'keras',
    file: '../peers/keras_peer.py',
    options: { jit_compile: true },
    environment: oneDnn,
  },
  {
    name: 'keras-in-turn',
    title: 'Keras, ops in turn',
    family: 'keras',
    file: '../peers/keras_peer.py',
    options: {},
    environment: { ...oneDnn, ...inTurn },
    cases: shortSteps,
  },
  {
    name: 'keras-one-thread',
    title: 'Keras, one thread in an op',
    family: 'keras',
    file: '../peers/keras_peer.py',
    options: {},
    environment: { ...oneDnn, ...oneThread },
    cases: smallBatch,
  },
  {
    name: 'keras-jit-one-thread',
    title: 'Keras, jit_compile, one thread in an op',
    family: 'keras',
    file: '../peers/keras_peer.py',
    options: { jit_compile: true },
    environment: { ...oneDnn, ...oneThread },
    cases: smallBatch,
  },
  { name: 'torch', title: 'PyTorch', family: 'torch', file: '../peers/torch_peer.py', options: {} },
  {
    name: 'torch-bfloat16',
    title: 'PyTorch, autocast to bfloat16',
    family: 'torch',
    file: '../peers/torch_peer.py',
    options: { bfloat16: true },
    cases: [],
  },
  {
    name: 'torch-one-thread',
    title: 'PyTorch, one thread in an op',
    family: 'torch',
    file: '../peers/torch_peer.py',
    options: {},
    environment: oneThread,
    cases: smallBatch,
  },
  {
    name: 'torch-compile',
    title: 'PyTorch, torch.compile',
    family: 'torch',
    file: '../peers/torch_peer.py',
    options: { compile: true },
  },
  {
    name: 'torch-compile-one-thread',
    title: 'PyTorch, torch.compile, one thread in an op',
    family: 'torch',
    file: '../peers/torch_peer.py',
    options: { compile: true },
    environment: oneThread,
    cases: smallBatch,
  },
  {
    name: 'torch-nchw',
    title: 'PyTorch, channels first',
    family: 'torch',
    file: '../peers/torch_peer.py',
    options: { channels_last: false },
    cases: [],
  },
  {
    name: 'torch-compile-nchw',
    title: 'PyTorch, torch.compile, channels first',
    family: 'torch',
    file: '../peers/torch_peer.py',
    options: { compile: true, channels_last: false },
    cases: [],
  },
  { name: 'jax', title: 'JAX', family: 'jax', file: '../peers/jax_peer.py', options: {} },
  {
    name: 'jax-one-thread',
    title: 'JAX, one thread in an op',
    family: 'jax',
    file: '../peers/jax_peer.py',
    options: {},
    environment: oneThread,
    cases: smallBatch,
  },
];

/** Those that take part in a case, of all or of those that `--only` names. */
export function contendersOf(oneCase: Case, named?: readonly Contender[]): readonly Contender[] {
  return named ?? contenders.filter(({ cases }) => cases?.includes(oneCase.name) ?? true);
}

/** The device that benchmarks measure: `tensorflow`, or what `CANTRIP_BENCH_DEVICE` names, on a GPU `cuda`. */
export const benchDevice = (process.env['CANTRIP_BENCH_DEVICE'] ?? 'tensorflow') as
  'tensorflow' | 'cuda' | 'wasm';

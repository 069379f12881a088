/**
 * Modules that users can import and whose exports have no rows here, each with the reason. A module that is new must get
 * rows or stand here.
 */
export const unrowed: Readonly<Record<string, string>> = {
  '@cantrip/ablation/worker': 'a program that a child process runs, without an export',
  '@cantrip/core-tensor-gpu': 'its rows are not written yet; test/bad-input of the package calls it wrongly',
  '@cantrip/core-tensor-gpu/fused': 'as the package',
  '@cantrip/core-tensor-gpu/probe': 'a program that a child process runs, without an export',
  '@cantrip/core-tensor-gpu/random': 'as the package',
  '@cantrip/data/worker': 'a program that a worker thread runs, without an export',
  '@cantrip/ops': 'its rows are not written yet',
};

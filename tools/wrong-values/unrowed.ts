/**
 * Modules that a package exports and whose exports have no rows here, each with the reason. A module that is new must get
 * rows or stand here.
 */
export const unrowed: Readonly<Record<string, string>> = {
  '@cantrip/ablation/worker': 'a program that a child process runs, without an export',
  '@cantrip/core-tensor-gpu/probe': 'a program that a child process runs, without an export',
  '@cantrip/data/worker': 'a program that a worker thread runs, without an export',
};

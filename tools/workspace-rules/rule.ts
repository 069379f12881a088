import type { Workspace } from '../workspace/workspace.ts';

/** One place where the workspace breaks a rule. */
export interface Breach {
  /** Path from the root. */
  readonly file: string;
  /** What is wrong: one sentence without its full stop. */
  readonly what: string;
  /** What to do about it: one sentence without its full stop. */
  readonly fix: string;
}

/** A house rule: everything in the workspace that breaks it. */
export interface Rule {
  readonly name: string;
  check(workspace: Workspace): Breach[];
}

import type { OptionRules, Rule } from './rules.ts';

/** What an argument may be: a rule for the whole of it, or rules for the options that it holds. */
export type Legal = Rule | LegalOptions;

interface LegalOptions {
  readonly whole: Rule;
  readonly options: OptionRules;
  /** Whether it is data that may hold more than is read, and not options that may be misspelt. */
  readonly mayHoldMore?: boolean;
}

/** One export that is called, and what each of its arguments may be. */
export interface Row {
  /** Right arguments, made anew for each call. */
  right(): readonly unknown[];
  readonly legal: readonly Legal[];
  /** Whom errors name beside the export itself. */
  readonly who?: readonly string[];
  /** The message of an error that a right argument throws where the work would begin, so that nothing is done. */
  readonly endsIn?: string;
  /** What the export is called with, where that is not the export itself: a method of what it returns, or a later use. */
  call?(exported: (...given: never[]) => unknown, args: readonly unknown[]): unknown;
}

/** Why an export has no row. */
export type Exempt = string;

/** Rows of a package by export; an export that is not a function, or that takes nothing, says so. */
export type Rows = Readonly<Record<string, Row | readonly Row[] | Exempt>>;

/** Options of which `needed` must be given. */
export const options = (needed: OptionRules, whole: Rule = () => false): Legal => ({
  whole,
  options: needed,
});

/** Data of which these parts are read, and which may hold more. */
export const data = (read: OptionRules, whole: Rule = () => false): Legal => ({
  whole,
  options: read,
  mayHoldMore: true,
});

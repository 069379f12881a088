import type { Case } from './cases.ts';

/** What came of a case. */
export interface Result {
  readonly group: string;
  readonly way: string;
  readonly name: string;
  /** What was wrong; undefined if the run survived. */
  readonly wrong: string | undefined;
}

/** Runs cases, two at once, until the time is over. */
export async function runCases(
  cases: readonly Case[],
  { done = () => undefined, until = Infinity }: { done?: (result: Result) => void; until?: number } = {},
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = cases.values();
  async function work(): Promise<void> {
    for (const { run, group, way, name } of waiting) {
      if (Date.now() > until) return;
      const wrong = await run().then(
        () => undefined,
        (error: unknown) => (error as Error).message,
      );
      const result = { group, way, name, wrong };
      results.push(result);
      done(result);
    }
  }
  await Promise.all([work(), work()]);
  return results;
}

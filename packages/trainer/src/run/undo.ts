import { CantripError, isCantripError } from '@cantrip/errors';
import { callOnce } from '../hooks/call-once.ts';
import type { AnyPlugin } from '../contract/plugin.ts';

/** A change to undo, and the plugin that made it. Without a plugin, the trainer made it. */
export interface Undo {
  readonly plugin?: AnyPlugin;
  run(): void;
}

/** Keeps the undo function that a plugin returned. */
export function keepUndo(
  undo: Undo[],
  plugin: AnyPlugin,
  hook: 'prepare' | 'transformModel' | 'setup',
  cleanup: void | undefined | (() => void),
): void {
  if (typeof cleanup !== 'function') return;
  undo.push({ plugin, run: () => void callOnce(plugin, `the undo function of ${hook}`, cleanup) });
}

/**
 * Undoes all changes in reverse order. If one function throws, the others are still called.
 *
 * @throws CantripError which names each plugin whose function failed
 */
export function runUndo(undo: Undo[]): void {
  const failures: { readonly who: string; readonly error: unknown }[] = [];
  while (undo.length > 0) {
    const { plugin, run } = undo.pop()!;
    try {
      run();
    } catch (error) {
      failures.push({ who: plugin?.name ?? 'trainer', error });
    }
  }
  const [first] = failures;
  if (!first) return;
  if (failures.length === 1 && isCantripError(first.error)) throw first.error;
  const said = failures.map(({ who, error }) => `${who}: ${wordsOf(error)}`).join('; ');
  throw new CantripError('HOOK_FAILED', {
    who: 'trainer',
    what: `not all changes could be undone (${said})`,
    fix: 'Read the errors in the property cause',
    cause: new AggregateError(
      failures.map(({ error }) => error),
      'undo functions failed',
    ),
  });
}

function wordsOf(error: unknown): string {
  if (isCantripError(error)) return error.what;
  return error instanceof Error ? error.message : String(error);
}

import type { TrickTogether } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';

/** Creates the plugins of these tricks, in the order that `after` of the plugins asks for, else in the given one. */
export function inOrder(tricks: readonly TrickTogether[]): readonly AnyPlugin[] {
  const waiting = tricks.map((trick) => trick.create());
  const ordered: AnyPlugin[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(
      (plugin) => !waiting.some((other) => other !== plugin && mustFollow(plugin, other)),
    );
    if (next < 0) throw new Error(`these tricks must each come after another: ${namesOf(waiting).join()}`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

const mustFollow = ({ after = [] }: AnyPlugin, other: AnyPlugin): boolean =>
  after.some((earlier) =>
    typeof earlier === 'string' ? earlier === other.name : (other.provides ?? []).includes(earlier.provides),
  );

const namesOf = (plugins: readonly AnyPlugin[]): readonly string[] => plugins.map(({ name }) => name);

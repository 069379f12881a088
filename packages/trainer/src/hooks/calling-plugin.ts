import type { AnyPlugin } from '../contract/plugin.ts';

// Functions that a plugin runs at once need no more than one variable.
let calling: AnyPlugin | undefined;

/** Runs a synchronous function of a plugin. Meanwhile {@link callingPlugin} returns the plugin. */
export function duringPlugin<T>(plugin: AnyPlugin, run: () => T): T {
  const outer = calling;
  calling = plugin;
  try {
    return run();
  } finally {
    calling = outer;
  }
}

/** The plugin whose synchronous function is running. */
export const callingPlugin = (): AnyPlugin | undefined => calling;

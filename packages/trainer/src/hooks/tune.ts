import { awaitHook } from './call-hooks.ts';
import { checkCompile } from './check-compile.ts';
import { mergeEnvironment } from './merge-facts.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import type { Tuning } from '../contract/tuning.ts';
import { idOf } from '../contract/plugin-id.ts';

/** The trainer's options that plugins may change. */
interface TunedOptions {
  readonly plugins: readonly AnyPlugin[];
  readonly device: string | { readonly name: string };
  readonly capture: 'auto' | boolean;
  readonly compile: 'xla' | undefined;
  log(message: string): void;
}

/** The settings to open the device with, and whether captured steps are compiled. */
export interface Tuned {
  readonly environment: Readonly<Record<string, string>>;
  readonly compile: 'xla' | undefined;
  readonly rehearse: Tuning['rehearse'];
}

/**
 * Collects the settings of the trainer's options and the plugins, then those that their `tune` hooks choose.
 *
 * @throws CantripError ENVIRONMENT_CONFLICT, OPTION_INVALID, or HOOK_FAILED if a hook throws
 */
export async function tune(options: TunedOptions): Promise<Tuned> {
  const { plugins, capture, log } = options;
  const device = typeof options.device === 'string' ? options.device : options.device.name;
  const facts: Pick<AnyPlugin, 'name' | 'environment'>[] = [...plugins];
  let compile = options.compile ?? plugins.find((plugin) => plugin.compile)?.compile;
  let rehearse: Tuning['rehearse'];
  for (const plugin of plugins) {
    if (!plugin.tune) continue;
    const context = { device, capture, compile, environment: mergeEnvironment(facts), log };
    const tuning = await awaitHook(plugin, 'tune', context);
    checkCompile(idOf(plugin), tuning.compile, capture);
    facts.push({ name: idOf(plugin), environment: tuning.environment ?? {} });
    compile ??= tuning.compile;
    rehearse ??= tuning.rehearse;
  }
  return { environment: mergeEnvironment(facts), compile, rehearse };
}

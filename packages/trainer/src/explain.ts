import { hookNames, isOfStep } from './contract/hook-names.ts';
import type { AnyPlugin } from './contract/plugin.ts';

/** Describes a run: what each plugin does, in the order in which it happens. See {@link Trainer.explain}. */
export function explain(plugins: readonly AnyPlugin[]): string {
  const names = (has: (plugin: AnyPlugin) => boolean): string =>
    plugins
      .filter(has)
      .map(({ name }) => name)
      .join(' -> ');
  const rows: (readonly [string, string])[] = [
    ['environment', names(({ environment }) => Object.keys(environment ?? {}).length > 0)],
    ['seed', names(({ seed }) => seed !== undefined)],
    ['tune', names(({ tune }) => tune !== undefined)],
    ['compile', names(({ compile }) => compile !== undefined)],
    ['prepare', names(({ prepare }) => prepare !== undefined)],
    ['setup', names(({ setup }) => setup !== undefined)],
    ['transformOptimizer', names(({ transformOptimizer }) => transformOptimizer !== undefined)],
    ...hookNames.map((hook) => [hook, names((plugin) => plugin[hook] !== undefined)] as const),
  ];
  const used = rows.filter(([, who]) => who !== '');
  const list = `plugins  ${plugins.map(({ name }) => name).join(', ') || 'none'}`;
  return [list, ...used.map(([hook, who]) => `${hook.padEnd(20)} ${side(hook)}  ${who}`)].join('\n');
}

const side = (hook: string): string => (isOfStep(hook) ? 'step' : 'host');

import { hookNames, isOfStep } from './contract/hook-names.ts';
import { idOf } from './contract/plugin-id.ts';
import type { AnyPlugin } from './contract/plugin.ts';
import type { WrappedCalls } from './wraps/wrapped-calls.ts';
import type { Precision } from './device/precision.ts';
import { type ChosenWay, tooSmall } from './step/runner.ts';
import type { PluginList } from './hooks/check-plugins.ts';

interface Explained {
  readonly plugins: readonly AnyPlugin[];
  readonly precision?: Precision;
}

/** What is known once a run is open. */
interface RunFacts {
  readonly wrapped?: ReturnType<WrappedCalls['rows']> | undefined;
  readonly chosen?: ChosenWay | undefined;
}

/** Describes a run: what each plugin does, in the order in which it happens. See {@link Trainer.explain}. */
export function explain(
  { plugins, precision = 'float32' }: Explained,
  list: PluginList = plugins,
  { wrapped = [], chosen }: RunFacts = {},
): string {
  const names = (has: (plugin: AnyPlugin) => boolean): string => plugins.filter(has).map(idOf).join(' -> ');
  const rows: (readonly [string, string])[] = [
    ['environment', names(({ environment }) => Object.keys(environment ?? {}).length > 0)],
    ['seed', names(({ seed }) => seed !== undefined)],
    ['tune', names(({ tune }) => tune !== undefined)],
    ['compile', names(({ compile }) => compile !== undefined)],
    ['prepare', names(({ prepare }) => prepare !== undefined)],
    ['transformModel', names(({ transformModel }) => transformModel !== undefined)],
    ['setup', names(({ setup }) => setup !== undefined)],
    ['transformOptimizer', names(({ transformOptimizer }) => transformOptimizer !== undefined)],
    ...hookNames.map((hook) => [hook, names((plugin) => plugin[hook] !== undefined)] as const),
  ];
  const used = rows.filter(([, who]) => who !== '').map(([hook, who]) => line(hook, side(hook), who));
  const wraps = wrapped.map(([layer, who]) =>
    line('wrapCall', 'step', `${who.join(' -> ')} around ${layer}`),
  );
  const table = [...used, ...wraps];
  const all = [
    `plugins  ${nested(list) || 'none'}`,
    ...precisionLine(precision, chosen),
    ...threadLine(chosen),
  ];
  return [...all, ...(table.length === 0 ? [] : ['', ...heading(table), ...table])].join('\n');
}

const threadLine = ({ threads }: Partial<ChosenWay> = {}): readonly string[] =>
  threads ? [`threads  ${threads.inOp} in an op of the training step: ${threads.because}`] : [];

function precisionLine(precision: Precision, { bfloat16 }: Partial<ChosenWay> = {}): readonly string[] {
  if (precision !== 'bfloat16') return [];
  if (bfloat16?.inBfloat16 === 0) return [`precision  float32 in the training step: ${tooSmall}`];
  const share = bfloat16 ? `${bfloat16.inBfloat16} of ${bfloat16.products} ` : '';
  return [
    `precision  bfloat16 in ${share}products and convolutions, float32 in weights, updates, sums and losses`,
  ];
}

const line = (hook: string, where: string, who: string): string => `${hook.padEnd(20)} ${where}  ${who}`;

function heading(table: readonly string[]): readonly string[] {
  const titles = line('hook', 'side', 'plugins, in the order of their calls');
  const width = Math.max(...[titles, ...table].map(({ length }) => length));
  return [titles, '─'.repeat(width)];
}

/** Each list within stands in brackets. */
function nested(list: PluginList): string {
  const present = list.filter((entry) => Boolean(entry));
  return present
    .map((entry) =>
      entry instanceof Promise
        ? 'a promised plugin'
        : Array.isArray(entry)
          ? `[${nested(entry as PluginList)}]`
          : idOf(entry as AnyPlugin),
    )
    .join(', ');
}

const side = (hook: string): string => (isOfStep(hook) ? 'step' : 'host');

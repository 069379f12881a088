import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What other code can see of things, by place: numbers, functions and objects themselves. */
export type Fingerprint = ReadonlyMap<string, unknown>;

/** The fields and methods of a model, its layers, their classes and an optimizer; handlers of the process; globals. */
export function fingerprint(model: LayersModel, optimizer: object): Fingerprint {
  const seen = new Map<string, unknown>();
  addFields(seen, 'the model', model);
  addMethods(seen, model);
  for (const layer of model.layers) {
    addFields(seen, `layer ${layer.name}`, layer);
    addMethods(seen, layer);
  }
  addFields(seen, 'the optimizer', optimizer);
  for (const event of [
    'SIGINT',
    'SIGTERM',
    'SIGHUP',
    'exit',
    'beforeExit',
    'uncaughtException',
    'unhandledRejection',
  ])
    seen.set(`handlers of the process for ${event}`, process.listenerCount(event));
  for (const [owner, names] of globals)
    for (const name of names) seen.set(`${owner[0]}.${name}`, (owner[1] as Record<string, unknown>)[name]);
  return seen;
}

const globals: readonly (readonly [readonly [string, object], readonly string[]])[] = [
  [['Math', Math], ['random']],
  [['Date', Date], ['now']],
  [
    ['console', console],
    ['log', 'warn', 'error'],
  ],
];

/** Lists are compared by their entries, because layers keep lists of weights. */
function addFields(seen: Map<string, unknown>, owner: string, thing: object): void {
  for (const [name, value] of Object.entries(thing)) {
    if (!Array.isArray(value)) seen.set(`${name} of ${owner}`, value);
    else value.forEach((one, i) => seen.set(`${name}[${i}] of ${owner}`, one));
  }
}

function addMethods(seen: Map<string, unknown>, thing: object): void {
  for (
    let type = Object.getPrototypeOf(thing) as object;
    type !== Object.prototype;
    type = Object.getPrototypeOf(type) as object
  ) {
    for (const [name, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(type)))
      seen.set(`${name} of the class ${type.constructor.name}`, value ?? get);
  }
}

/** The places whose values differ, each in words. */
export function changedPlaces(before: Fingerprint, after: Fingerprint): ReadonlyMap<string, string> {
  const changed = new Map<string, string>();
  for (const place of new Set([...before.keys(), ...after.keys()])) {
    if (Object.is(before.get(place), after.get(place))) continue;
    changed.set(place, `${place} is ${said(after, place)}, and was ${said(before, place)}`);
  }
  return changed;
}

function said(seen: Fingerprint, place: string): string {
  if (!seen.has(place)) return 'absent';
  const value = seen.get(place);
  if (typeof value === 'function') return `the function ${value.name || 'without a name'}`;
  return typeof value === 'object' && value !== null ? 'another object' : String(value);
}

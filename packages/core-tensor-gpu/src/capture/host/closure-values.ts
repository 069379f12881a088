import type { Session } from 'node:inspector';
import type { OwnValues, Place } from './own-values.ts';

/** A function that a step runs, with its owner. */
export interface StepCode {
  readonly place: Place;
  readonly code: (...given: never[]) => unknown;
  /** If the code is in the same script as this function, which belongs to a library, it is skipped. */
  readonly unlessWith?: (...given: never[]) => unknown;
}

interface Described {
  readonly name: string;
  readonly value?: {
    readonly type: string;
    readonly value?: unknown;
    readonly description?: string;
    readonly objectId?: string;
  };
}

interface Properties {
  readonly result: readonly Described[];
  readonly internalProperties?: readonly Described[];
}

/**
 * Reads the plain values in the closures of functions. It reads them from V8 through `node:inspector`.
 *
 * It finds the variables that a function's code names, those of objects that it names, and those of functions that
 * it names. The functions are neither stopped nor slowed down. Without an inspector, the result is empty.
 */
export function closureValues(codes: readonly StepCode[]): readonly OwnValues[] {
  const session = connect();
  if (!session) return [];
  const scripts = new Map<unknown, string | undefined>();
  const scriptOf = (code: StepCode['code']): string | undefined => {
    if (!scripts.has(code)) scripts.set(code, scriptIdOf(session, code));
    return scripts.get(code);
  };
  const others = codes.filter(
    ({ code, unlessWith }) => !unlessWith || scriptOf(code) !== scriptOf(unlessWith),
  );
  return others.map(({ place, code }) => {
    const read = (): string => valuesAround(session, code).join('\n');
    return {
      place,
      get values() {
        return read();
      },
      changed: (before) => {
        const now = new Set(read().split('\n'));
        return String(before)
          .split('\n')
          .find((line) => !now.has(line))
          ?.split(' ', 1)[0];
      },
    };
  });
}

let connected: Session | undefined;

function connect(): Session | undefined {
  if (connected) return connected;
  try {
    const inspector = process.getBuiltinModule('node:inspector');
    const session = new inspector.Session();
    session.connect();
    return (connected = session);
  } catch {
    // This Node has no inspector.
    return undefined;
  }
}

const group = 'cantrip-closures';

type Scope = ReadonlyMap<string, Described>;

/** The variables of modules by the number of their script. All functions of a module share them. */
let modules: Map<string, Scope> | undefined;

/**
 * Reads the values of many functions. While it reads, the values must not change: the variables of each module are read
 * once. In a program that was bundled to one file, these are thousands.
 */
export function inOnePass<T>(read: () => T): T {
  if (modules) return read();
  modules = new Map();
  try {
    return read();
  } finally {
    modules = undefined;
    if (connected) post(connected, 'Runtime.releaseObjectGroup', { objectGroup: group });
  }
}

/** The depth of the search: the names in a function, and the names in functions that it names. */
const mostSteps = 2;

function valuesAround(session: Session, code: StepCode['code']): readonly string[] {
  const found: string[] = [];
  inOnePass(() => {
    try {
      const id = objectIdOf(session, code);
      if (id !== undefined)
        collect({ session, found }, { id, text: Function.prototype.toString.call(code), steps: mostSteps });
    } catch {
      // A value that cannot be read is skipped.
    }
  });
  return found;
}

function scriptIdOf(session: Session, code: StepCode['code']): string | undefined {
  try {
    const id = objectIdOf(session, code);
    return scriptIdIn(propertiesOf(session, id!));
  } catch {
    return undefined;
  } finally {
    post(session, 'Runtime.releaseObjectGroup', { objectGroup: group });
  }
}

interface Search {
  readonly session: Session;
  /** Names with their values. */
  readonly found: string[];
}

interface Around {
  readonly id: string;
  readonly text: string;
  readonly steps: number;
}

const internal = ({ internalProperties = [] }: Properties, wanted: string): Described['value'] =>
  internalProperties.find(({ name }) => name === wanted)?.value;

const scriptIdIn = (code: Properties): string | undefined =>
  (internal(code, '[[FunctionLocation]]')?.value as { readonly scriptId?: string } | undefined)?.scriptId;

function collect(search: Search, { id, text, steps }: Around): void {
  const code = propertiesOf(search.session, id);
  const scopes = internal(code, '[[Scopes]]');
  if (scopes?.objectId === undefined) return;
  const names = new Set(text.match(/[A-Za-z_$][\w$]*/g));
  for (const { value } of propertiesOf(search.session, scopes.objectId).result) {
    if (value?.objectId === undefined || value.description?.startsWith('Global')) continue;
    const scope = variablesOf(search.session, { ...value, objectId: value.objectId }, scriptIdIn(code));
    for (const name of names) {
      const variable = scope.get(name);
      if (!variable) continue;
      // Scopes further out are shadowed.
      names.delete(name);
      take(search, variable, steps);
    }
  }
  for (const name of names) takeGlobal(search, name);
}

interface ScopeValue {
  readonly objectId: string;
  readonly description?: string | undefined;
}

function variablesOf(
  session: Session,
  { objectId, description }: ScopeValue,
  scriptId: string | undefined,
): Scope {
  const isModule = description === 'Module' && scriptId !== undefined;
  const known = isModule ? modules?.get(scriptId) : undefined;
  if (known) return known;
  const read = new Map(
    propertiesOf(session, objectId).result.map((variable) => [variable.name, variable] as const),
  );
  if (isModule) modules?.set(scriptId, read);
  return read;
}

/** Adds a global. A getter is not called. */
function takeGlobal({ found }: Search, name: string): void {
  const value: unknown = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
  if (value !== null && isPlain(typeof value)) found.push(`${name} ${textOf(value)}`);
}

function take(search: Search, { name, value }: Described, steps: number): void {
  if (!value) return;
  const { found, session } = search;
  if (isPlain(value.type)) return void found.push(`${name} ${textOf(value.value ?? value.description)}`);
  if (steps === 1 || value.objectId === undefined) return;
  if (value.type === 'function') {
    const text = value.description ?? '';
    return collect(search, { id: value.objectId, text, steps: steps - 1 });
  }
  if (value.description !== 'Object') return;
  for (const property of propertiesOf(session, value.objectId).result) {
    if (!property.value || !isPlain(property.value.type)) continue;
    found.push(`${name}.${property.name} ${textOf(property.value.value ?? property.value.description)}`);
  }
}

/** The text of a number, string, boolean or bigint. */
const textOf = (value: unknown): string => `${value as string | number | boolean | bigint}`;

const isPlain = (type: string): boolean => !['object', 'function', 'undefined', 'symbol'].includes(type);

const handOver = Symbol.for('cantrip.closure-values');

function objectIdOf(session: Session, code: StepCode['code']): string | undefined {
  const holder = globalThis as Record<symbol, unknown>;
  holder[handOver] = code;
  try {
    const expression = `globalThis[Symbol.for(${JSON.stringify(handOver.description)})]`;
    const answer = post(session, 'Runtime.evaluate', { expression, objectGroup: group, silent: true }) as {
      readonly result?: { readonly objectId?: string };
    };
    return answer.result?.objectId;
  } finally {
    Reflect.deleteProperty(holder, handOver);
  }
}

const propertiesOf = (session: Session, objectId: string): Properties =>
  post(session, 'Runtime.getProperties', { objectId, ownProperties: true }) as Properties;

/** A session of the same process answers synchronously. */
function post(session: Session, method: string, params: object): unknown {
  let answer: unknown;
  let failure: Error | null = null;
  session.post(method, params, (error, result) => {
    failure = error;
    answer = result;
  });
  if (failure) throw failure as Error;
  return answer;
}

import { CantripError, describe, isCantripError } from '@cantrip/errors';
import { type SafeTensor, safetensorsParts } from '@cantrip/safetensors';
import type { SavedTensor, Snapshot } from '@cantrip/trainer';

type Tensors = Readonly<Record<string, SavedTensor>>;

/** How the values of each dtype are stored. */
const forms = {
  float32: { stored: 'F32', array: Float32Array },
  int32: { stored: 'I32', array: Int32Array },
  bool: { stored: 'BOOL', array: Uint8Array },
} as const;

/** The names of the tensors of a snapshot, in their order. */
export interface TensorNames {
  readonly variables: readonly string[];
  readonly layerStates?: readonly string[] | undefined;
  readonly slots: readonly string[];
  readonly plugins: readonly { readonly id: string; readonly variables: readonly string[] }[];
}

/** The parts of the two files of tensors. They share memory with the snapshot. */
export interface TensorFiles {
  readonly names: TensorNames;
  readonly weights: readonly Uint8Array[];
  readonly state: readonly Uint8Array[];
}

/** Maps a tensor of a group to the name that it has in its file. */
const nameInFile = {
  variables: (name: string): string => name,
  slots: (name: string): string => `slots/${name}`,
  layerStates: (name: string): string => `layerStates/${name}`,
  plugin:
    (id: string) =>
    (name: string): string =>
      `plugins/${encodeURIComponent(id)}/${name}`,
};

/** @throws CantripError OPTION_INVALID if a tensor or its name cannot be stored */
export function tensorFilesOf(who: string, snapshot: Snapshot): TensorFiles {
  const { variables, slots, layerStates, plugins } = snapshot;
  const names: TensorNames = {
    variables: Object.keys(variables),
    ...(layerStates && { layerStates: Object.keys(layerStates) }),
    slots: Object.keys(slots),
    plugins: Object.entries(plugins).map(([id, plugin]) => ({
      id,
      variables: Object.keys(plugin.variables),
    })),
  };
  const weights = new Map<string, SafeTensor>();
  const state = new Map<string, SafeTensor>();
  add(who, weights, nameInFile.variables, variables);
  add(who, state, nameInFile.slots, slots);
  add(who, state, nameInFile.layerStates, layerStates ?? {});
  for (const [id, plugin] of Object.entries(plugins))
    add(who, state, nameInFile.plugin(wellFormed(who, id)), plugin.variables);
  return { names, weights: partsOf(who, weights), state: partsOf(who, state) };
}

/** The tensors of a snapshot by their groups. */
export interface TensorGroups {
  readonly variables: Tensors;
  readonly layerStates?: Tensors;
  readonly slots: Tensors;
  readonly plugins: readonly (readonly [id: string, variables: Tensors])[];
}

/** @returns a text that says what does not fit if the files do not hold exactly the tensors that were named */
export function tensorGroupsOf(
  names: TensorNames,
  weights: ReadonlyMap<string, SafeTensor>,
  state: ReadonlyMap<string, SafeTensor>,
): TensorGroups | string {
  const ids = names.plugins.map(({ id }) => id);
  if (new Set(ids).size < ids.length) return 'names a plugin twice';
  const wanted = [
    ...names.slots.map(nameInFile.slots),
    ...(names.layerStates ?? []).map(nameInFile.layerStates),
    ...names.plugins.flatMap(({ id, variables }) => variables.map(nameInFile.plugin(id))),
  ];
  const difference =
    compare('weights.safetensors', names.variables, weights) ?? compare('state.safetensors', wanted, state);
  if (difference !== undefined) return difference;
  const pick = (
    from: ReadonlyMap<string, SafeTensor>,
    toName: (name: string) => string,
    group: readonly string[],
  ): Tensors => Object.fromEntries(group.map((name) => [name, savedTensorOf(from.get(toName(name))!)]));
  return {
    variables: pick(weights, nameInFile.variables, names.variables),
    ...(names.layerStates && { layerStates: pick(state, nameInFile.layerStates, names.layerStates) }),
    slots: pick(state, nameInFile.slots, names.slots),
    plugins: names.plugins.map(({ id, variables }) => [id, pick(state, nameInFile.plugin(id), variables)]),
  };
}

function add(
  who: string,
  file: Map<string, SafeTensor>,
  toName: (name: string) => string,
  tensors: Tensors,
): void {
  for (const [name, tensor] of Object.entries(tensors))
    file.set(toName(name), storedTensor(who, name, tensor));
}

function storedTensor(who: string, name: string, { dtype, shape, values }: SavedTensor): SafeTensor {
  if (name === '__proto__') throw refused(who, 'a tensor must not have the name __proto__');
  if (!Object.hasOwn(forms, dtype))
    throw refused(who, `tensor ${describe(name)} must be of float32, int32 or bool, got ${describe(dtype)}`);
  const { stored, array } = forms[dtype];
  if (!(values instanceof array))
    throw refused(
      who,
      `the values of tensor ${describe(name)} must be a ${array.name}, got ${describe(values)}`,
    );
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { dtype: stored, shape, bytes };
}

/** @returns the same text; encodeURIComponent takes no lone surrogates */
function wellFormed(who: string, id: string): string {
  if (/\p{Surrogate}/u.test(id))
    throw refused(who, `a plugin must have a name of Unicode, got ${describe(id)}`);
  return id;
}

function partsOf(who: string, tensors: ReadonlyMap<string, SafeTensor>): readonly Uint8Array[] {
  try {
    return safetensorsParts(tensors);
  } catch (error) {
    if (isCantripError(error)) throw refused(who, error.what, error);
    throw error;
  }
}

function refused(who: string, what: string, cause?: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what,
    fix: 'Pass the unchanged result of save() as snapshot, of a model whose names are ordinary text',
    ...(cause !== undefined && { cause }),
  });
}

function compare(
  file: string,
  wanted: readonly string[],
  found: ReadonlyMap<string, SafeTensor>,
): string | undefined {
  const names = new Set(wanted);
  if (names.size < wanted.length) return `names a tensor of ${file} twice`;
  if (names.has('__proto__')) return 'names a tensor __proto__';
  const missing = wanted.find((name) => !found.has(name));
  if (missing !== undefined) return `names the tensor ${describe(missing)}, which ${file} does not have`;
  const extra = [...found.keys()].find((name) => !names.has(name));
  if (extra !== undefined) return `does not name the tensor ${describe(extra)} of ${file}`;
  const foreign = [...found].find(([, { dtype }]) => dtypeOf(dtype) === undefined);
  return foreign && `names the tensor ${describe(foreign[0])}, which ${file} has as ${foreign[1].dtype}`;
}

function dtypeOf(stored: SafeTensor['dtype']): SavedTensor['dtype'] | undefined {
  const all = Object.keys(forms) as (keyof typeof forms)[];
  return all.find((dtype) => forms[dtype].stored === stored);
}

function savedTensorOf({ dtype: stored, shape, bytes }: SafeTensor): SavedTensor {
  const dtype = dtypeOf(stored)!;
  // A view of a file may begin at any byte, so its bytes are copied.
  return { dtype, shape: [...shape], values: new forms[dtype].array(bytes.slice().buffer) };
}

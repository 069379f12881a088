/** Package to version, from lines `name==version` of pip: a requirements file or the output of `pip freeze`. */
export type Pins = ReadonlyMap<string, string>;

/** @throws Error naming a line that pins nothing: a range, an address, a path of the machine */
export function readPins(text: string): Pins {
  const lines = text.split('\n').map((line) => line.trim());
  return new Map(lines.filter((line) => line !== '' && !line.startsWith('#')).map(readPin));
}

/** The packages of an environment that are not as the lock has them, as `name version`. */
export function notAsPinned(installed: Pins, lock: Pins): string[] {
  return [...installed]
    .filter(([name, version]) => lock.get(name) !== version)
    .map(([name, version]) => `${name} ${version}`);
}

function readPin(line: string): readonly [name: string, version: string] {
  const [, name, version] = /^([A-Za-z0-9._-]+)==([^\s+]+)(?:\+\S+)?$/.exec(line) ?? [];
  if (name === undefined || version === undefined)
    throw new Error(`Every line must be name==version, got: ${line}`);
  // As PyPI compares names; a build of a version (+cpu) is that version.
  return [name.toLowerCase().replace(/[-_.]+/g, '-'), version];
}

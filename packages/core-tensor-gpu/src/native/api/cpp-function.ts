import koffi from 'koffi';
import type { NativeLibrary } from './native-library.ts';

type CppFunction = (...values: unknown[]) => unknown;

const functions = new Map<string, CppFunction | undefined>();

/** Binds a C++ function of TensorFlow that is not part of the C API; undefined if this library does not have it. */
export function cppFunction(
  { path }: Pick<NativeLibrary, 'path'>,
  symbol: string,
  result: string,
  parameters: string[],
): CppFunction | undefined {
  const key = `${path} ${symbol}`;
  if (!functions.has(key)) functions.set(key, lookUp(path, symbol, result, parameters));
  return functions.get(key);
}

function lookUp(path: string, symbol: string, result: string, parameters: string[]): CppFunction | undefined {
  try {
    return koffi.load(path).func(symbol, result, parameters) as CppFunction;
  } catch {
    return undefined;
  }
}

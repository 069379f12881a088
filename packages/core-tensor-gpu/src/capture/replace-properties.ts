/** Replaces own properties of an object. The returned function restores them. */
export function replaceProperties<T extends object>(target: T, properties: Partial<T>): () => void {
  const before = Object.keys(properties).map(
    (key) => [key, Object.getOwnPropertyDescriptor(target, key)] as const,
  );
  Object.assign(target, properties);
  return () => {
    for (const [key, descriptor] of before) {
      if (descriptor) Object.defineProperty(target, key, descriptor);
      else Reflect.deleteProperty(target, key);
    }
  };
}

/** One value of a metric. */
export interface Metric {
  readonly key: string;
  /** JSON has no NaN and no infinity: these are texts. */
  readonly value: number | string;
  readonly timestamp: number;
  readonly step: number;
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** What MLflow takes of one request and of one value. */
export const limits = {
  metrics: 1000,
  params: 100,
  tags: 100,
  items: 1000,
  key: 250,
  param: 6000,
  tag: 5000,
} as const;

/** A name that MLflow accepts: other characters become `_`. */
export function validKey(name: string): string {
  const key = name.replaceAll(/[^\w\-./: ]/g, '_').slice(0, limits.key);
  // MLflow takes a name for a path.
  return key.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
    ? key
    : key.replaceAll(/[/.]/g, '_');
}

/** A metric as MLflow's JSON has it. */
export function metricOf(name: string, value: number, step: number): Metric {
  return {
    key: validKey(name),
    value: Number.isFinite(value) ? value : String(value),
    timestamp: Date.now(),
    step,
  };
}

/** Settings or tags, cut to what MLflow takes. */
export function keyValues(values: Readonly<Record<string, unknown>>, longest: number): KeyValue[] {
  return Object.entries(values).map(([key, value]) => {
    const text = String(value);
    return { key: validKey(key), value: text.length > longest ? `${text.slice(0, longest - 1)}…` : text };
  });
}

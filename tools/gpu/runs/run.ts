/** What a run cannot do without. */
export type Need = 'cuda' | 'webgpu' | 'torch' | 'cpu';

/** Where the runs happen, and on what. */
export interface Place {
  /** The workspace's folder. */
  readonly root: string;
  /** The device that takes the part of CUDA: `cuda`, or in a rehearsal `tensorflow`. */
  readonly native: string;
  /** A Python that has PyTorch. */
  readonly python?: string;
  /** A folder of the run's own; what it writes to `results` is kept. */
  readonly scratch: string;
  /** In a rehearsal: so few steps and examples that it takes seconds. */
  readonly small: boolean;
}

/** A program that is run with Node. */
export interface Program {
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** One thing that the kit shows. */
export interface Run {
  readonly name: string;
  /** What it shows, as the page says it. */
  readonly title: string;
  readonly needs: readonly Need[];
  /** Seconds after which it is stopped. */
  readonly limit: number;
  program(place: Place): Program;
}

/** A program of the workspace in TypeScript. */
export function typescript(
  file: string,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Program {
  return { args: ['--conditions=@cantrip/source', '--import', 'tsx', file, ...args], environment };
}

import type { DeviceDescription } from '@cantrip/core-tensor-gpu';
import type { HostContext, Plugin, Run, StepEnd } from '@cantrip/trainer';
import { type ShapeRecord, type ShapeReport, type ShapeWatch, watchOf } from './shape-watch.ts';

/** The hooks of the shape watch. */
export interface WatchedShapes extends Required<
  Pick<Plugin<ShapeRecord, ShapeReport>, 'state' | 'prepare' | 'api'>
> {
  see(step: HostContext<ShapeRecord> & StepEnd): void;
}

interface Watched {
  readonly watch: ShapeWatch;
  /** Whether a new shape costs time. It does not if steps run op by op on a processor. */
  costs: boolean;
}

/** Watches the shapes of each run, and warns if new shapes cost time. */
export function watchShapes(expected: number): WatchedShapes {
  // Times belong to this process, so they are not part of the saved state.
  const runs = new WeakMap<Run, Watched>();
  let tunes = false;
  return {
    state: () => ({ signatures: [] }),
    prepare: ({ device }) => void (tunes = tunesByShape(device)),
    api(run, state) {
      const watched = { watch: watchOf(state, expected), costs: tunes };
      runs.set(run, watched);
      return reportOf(watched);
    },
    see({ run, signature, milliseconds, recording }) {
      const watched = runs.get(run)!;
      watched.costs ||= recording !== undefined;
      const warning = watched.watch.see(signature, watched.costs ? { milliseconds, recording } : undefined);
      if (warning !== undefined && watched.costs) run.log(warning);
    },
  };
}

/** TensorFlow measures cuDNN's algorithms for each shape. */
function tunesByShape({ name, settings }: DeviceDescription): boolean {
  return name === 'cuda' && settings?.autotune !== false;
}

/** A report whose numbers are computed when they are read. */
function reportOf(watched: Watched): ShapeReport {
  const { watch } = watched;
  return {
    get signatures() {
      return watch.signatures;
    },
    get lostMilliseconds() {
      return watch.lostMilliseconds;
    },
    get advice() {
      return watched.costs ? watch.advice : undefined;
    },
  };
}

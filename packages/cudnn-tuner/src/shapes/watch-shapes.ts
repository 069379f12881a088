import type { DeviceDescription } from '@cantrip/core-tensor-gpu';
import type { HostContext, Plugin, StepEnd } from '@cantrip/trainer';
import { type ShapeRecord, type ShapeReport, type ShapeWatch, watchOf } from './shape-watch.ts';

/** The hooks of the shape watch. */
export interface WatchedShapes extends Required<
  Pick<Plugin<ShapeRecord, ShapeReport, WatchedRun>, 'state' | 'prepare' | 'setup' | 'api'>
> {
  see(step: HostContext<ShapeRecord, WatchedRun> & StepEnd): void;
}

/** What one run keeps. Times belong to this process, so they are not part of the saved state. */
export interface WatchedRun {
  readonly watch: ShapeWatch;
  /** Whether a new shape costs time. It does not if steps run op by op on a processor. */
  costs: boolean;
}

/** Watches the shapes of each run, and warns if new shapes cost time. */
export function watchShapes(expected: number): WatchedShapes {
  let tunes = false;
  return {
    state: () => ({ signatures: [] }),
    prepare: ({ device }) => void (tunes = tunesByShape(device)),
    setup: (_, state) => ({ locals: { watch: watchOf(state, expected), costs: tunes } }),
    api: (_run, _state, watched) => reportOf(watched),
    see({ run, locals: watched, signature, milliseconds, recording }) {
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
function reportOf(watched: WatchedRun): ShapeReport {
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

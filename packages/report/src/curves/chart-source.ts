import type { RunLog } from '@cantrip/run-log';
import type { Point } from './curve.ts';

/** How a chart reads the points of a run; several curves of a run have names. */
export interface ChartSource {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly source: string;
  readonly parts: readonly {
    readonly name?: string;
    readonly dashed?: boolean;
    points(log: RunLog): readonly Point[];
  }[];
}

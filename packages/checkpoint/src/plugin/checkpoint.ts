import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CantripError } from '@cantrip/errors';
import type { Plugin, SettledContext } from '@cantrip/trainer';
import { codes } from '../error-codes.ts';
import { checkpointName } from '../format/checkpoint-name.ts';
import { checkpointsIn } from '../format/newest-checkpoint.ts';
import { type FolderOwner, ownFolder } from '../format/own-folder.ts';
import { removeCheckpoint } from '../format/prune-checkpoints.ts';
import { type Best, bestOf } from './best-so-far.ts';
import { type CheckpointOptions, readCheckpointOptions } from './checkpoint-options.ts';
import { folderStore } from './folder-store.ts';
import { isSaveDue } from './when-to-save.ts';
import { createWriter, type Writer } from './writer.ts';

/** The plugin's state. */
export interface CheckpointState extends Record<string, unknown> {
  best: Best | undefined;
}

/** The result of `run.use(plugin)`. */
export interface CheckpointApi {
  /** The path of the newest checkpoint that this run has written; undefined before the first one. */
  newest(): string | undefined;
  /** The path of the checkpoint of the best epoch, also of one before a resume; undefined without `best`. */
  best(): string | undefined;
  /** Why checkpoints could not be written, in their order. */
  failures(): readonly string[];
  /** Resolves when all checkpoints so far are on the disk. */
  written(): Promise<void>;
}

/** The values of one run. */
interface Locals {
  owner: FolderOwner | undefined;
  writer: Writer | undefined;
  /** The time of the last save, by a clock that never goes back. */
  since: number;
  /** Whether a save was due while the writer was full. */
  owed: boolean;
}

/**
 * Plugin: writes the run to a folder, so that another process can go on with it: `fit(data, { epochs, resume: 'auto' })`.
 *
 * A checkpoint holds everything: weights, slots of the optimizer, the position within the epoch, the state of every plugin and
 * the figures so far. Training waits for the copy to the host. The writing goes on beside the steps. A save that fails is
 * logged, and the run goes on. The plugin may be anywhere in the list.
 *
 * @throws CantripError OPTION_INVALID; while training CHECKPOINT_BUSY if another run owns the folder, and
 *   CHECKPOINT_WRITE if the folder holds later checkpoints of another run
 * @example
 * ```ts
 * const plugins = [checkpoint({ folder: 'runs/mnist', every: '10min', keep: 3, best: { metric: 'validation_loss', mode: 'min' } })];
 * await createTrainer({ …, plugins }).fit(train, { epochs: 10, validation, resume: 'auto' });
 * ```
 */
export function checkpoint(options: CheckpointOptions): Plugin<CheckpointState, CheckpointApi, Locals> {
  const { folder: given, every, keep, best: figure, overwrite } = readCheckpointOptions(options);
  const folder = resolve(given);
  const store = folderStore(folder);

  async function saveIfDue(context: SettledContext<CheckpointState, Locals>): Promise<void> {
    const { after, logs, state, locals, save } = context;
    const { writer } = locals;
    if (!writer) return;
    let newBest: Best | undefined;
    try {
      newBest = figure && logs && bestOf(figure, { ...context, logs }, state.best);
    } catch (error) {
      // A figure that does not exist must not cost the epoch.
      writer.write(await save(), false);
      throw error;
    }
    const isNow = isSaveDue(every, context, performance.now() - locals.since) || locals.owed;
    if (!isNow && !newBest) return;
    // The best one and the last one are saved at their own moment, others once there is room.
    if (writer.full() && !newBest && after !== 'fit') return void (locals.owed = true);
    const before = state.best;
    if (newBest) state.best = newBest;
    try {
      // A best one that is not on the disk is none.
      writer.write(await save(), newBest !== undefined, () => {
        if (newBest && state.best === newBest) state.best = before;
      });
    } catch (error) {
      state.best = before;
      throw error;
    }
    Object.assign(locals, { since: performance.now(), owed: false });
  }

  async function end({ locals }: { readonly locals: Locals }): Promise<void> {
    await locals.writer?.idle();
    locals.owner?.release();
    Object.assign(locals, { owner: undefined });
  }

  return {
    name: 'checkpoint',
    store,
    state: () => ({ best: undefined }),
    setup() {
      const locals: Locals = { owner: undefined, writer: undefined, since: 0, owed: false };
      return { locals, undo: () => locals.owner?.release() };
    },
    async onTrainBegin({ run, step, state, locals }) {
      locals.owner = ownFolder(folder);
      try {
        await beginAt(step, { folder, overwrite, passedOver: store.passedOver() });
      } catch (error) {
        locals.owner.release();
        throw error;
      }
      if (state.best && !existsSync(join(folder, checkpointName(state.best.step)))) {
        run.log(
          `[checkpoint] the best checkpoint, of step ${state.best.step}, is no longer there; the next epoch is the best.`,
        );
        state.best = undefined;
      }
      locals.writer ??= createWriter({
        folder,
        keep,
        bestStep: state.best?.step,
        log: (text) => run.log(text),
      });
      locals.since = performance.now();
    },
    async onSettled(context) {
      await saveIfDue(context);
      if (context.after === 'fit') await end(context);
    },
    onError: end,
    api: (_, state, locals) => ({
      newest: () => locals.writer?.newest(),
      best: () => state.best && join(folder, checkpointName(state.best.step)),
      failures: () => locals.writer?.failures() ?? [],
      written: async () => locals.writer?.idle(),
    }),
  };
}

interface Beginning {
  readonly folder: string;
  readonly overwrite: boolean;
  /** Broken checkpoints, which the run that goes on replaces. */
  readonly passedOver: ReadonlySet<string>;
}

/** Refuses or removes what another run has written after this step. */
async function beginAt(step: number, { folder, overwrite, passedOver }: Beginning): Promise<void> {
  const all = await checkpointsIn(folder);
  const later = all
    .filter((one) => one.step > step)
    .map(({ name }) => join(folder, name))
    .filter((path) => !passedOver.has(path));
  if (later.length === 0) return;
  if (!overwrite) throw laterOnes(folder, later[0]!, step);
  for (const path of later) await removeCheckpoint(path);
}

function laterOnes(folder: string, latest: string, step: number): CantripError {
  return new CantripError(codes.CHECKPOINT_WRITE, {
    who: 'checkpoint',
    what: `${folder} holds checkpoints of another run up to ${latest}, but this run is at step ${step}`,
    fix: "Go on with that run by fit(…, { resume: 'auto' }), choose another folder, or remove its later checkpoints with overwrite: true",
  });
}

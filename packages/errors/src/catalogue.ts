/**
 * Every error code and what it means. Codes are permanent: one is never renamed or given another meaning.
 * `docs/errors.md` is generated from this object. Kept in alphabetical order.
 */
export const catalogue = {
  ABLATION_BUSY: 'Another process is running the same ablation.',
  ABLATION_CHANGED: 'The results that an ablation is to go on from were made by another experiment.',
  ABLATION_FAILED: 'A run of an ablation failed, or gave no figure to compare.',
  ABLATION_INTERRUPTED: 'An ablation was stopped before its last run.',
  DATA_EMPTY: 'A dataset, batch or folder holds no example.',
  DATA_FORMAT: 'A data file is truncated, too long, or not what its header says.',
  DATA_NOT_FOUND: 'A data file or folder does not exist or cannot be read.',
  DATA_WORKER: 'The worker thread that prepares batches failed.',
  DEVICE_ABSENT: 'The requested device cannot be opened on this machine.',
  DEVICE_UNKNOWN: 'There is no device of that name.',
  DTYPE_MISMATCH: 'A tensor or array has another element type than is needed.',
  ENVIRONMENT_CONFLICT: 'Two plugins want different values for one environment variable.',
  ENVIRONMENT_TOO_LATE: 'An environment variable is wanted that the native library has already read.',
  GRADIENTS_ABSENT: 'TensorFlow.js has no gradients registered, so nothing can be trained.',
  GRADIENT_MISMATCH: 'The gradients of an update do not belong to its variables, name by name.',
  HOOK_ASYNC: 'A hook that must be synchronous returned a promise.',
  HOOK_FAILED: 'A plugin hook threw an error.',
  HOOK_READ_VALUE: 'A hook on the step side read a tensor value.',
  HOOK_RESULT: 'A hook returned nothing, or a value of the wrong kind.',
  LABEL_OUT_OF_RANGE: 'A class index is negative or not below the number of classes.',
  LIBRARY_FOREIGN: 'The file at the given path is not a usable TensorFlow library.',
  LIBRARY_NOT_FOUND: 'No TensorFlow library exists at the given path.',
  LOSS_NOT_FINITE: 'The loss became NaN or infinite.',
  MODEL_INVALID: 'The model is not a LayersModel or a function, or has nothing to train.',
  NATIVE_OP: 'TensorFlow refused an op.',
  OPTION_INVALID: 'An option is unknown, missing, of the wrong type or out of range.',
  PLUGIN_ABSENT: 'A plugin was asked for that is not in the plugin list.',
  PLUGIN_CONFLICT: 'Two plugins cannot run together.',
  PLUGIN_INVALID: 'A plugin is not a plugin object, or has an unknown hook.',
  PLUGIN_ORDER: 'A plugin must come after another one.',
  PLUGIN_TWICE: 'A plugin stands twice in the plugin list.',
  RUNTIME_INSTALL: 'The native runtime could not be installed.',
  SCHEDULE_UNBOUND: 'A schedule with lengths in epochs or percent was called before its run is known.',
  SHAPE_MISMATCH: 'A tensor or array has another shape than is needed.',
  STATE_MISMATCH: 'Saved state does not fit the run it is restored into.',
  TRAINER_BUSY: 'The trainer was asked for two things at once.',
  TRAINER_DISPOSED: 'The trainer was used after dispose().',
} as const;

/** A permanent error code. */
export type ErrorCode = keyof typeof catalogue;

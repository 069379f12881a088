/** The devices, best first. `auto` takes the first one present. */
export const deviceNames = ['cuda', 'tensorflow', 'wasm', 'cpu'] as const;

export type DeviceName = (typeof deviceNames)[number];

export interface OpenDeviceOptions {
  /** Environment variables that the native library must see when it loads. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A device that was considered before the one that was opened, and why it was not taken. */
export interface PassedOver {
  readonly name: DeviceName;
  /** One sentence without its full stop. */
  readonly reason: string;
  /** A command that would make it available, where there is one. */
  readonly fix?: string;
}

/** What the loaded TensorFlow runs with, asked of itself and not of the environment; what can't be learnt is left out. */
export interface LibrarySettings {
  /** Whether ops run in oneDNN (`tensorflow::IsMKLEnabled`). */
  readonly oneDnn?: boolean;
  /** Whether cuDNN's algorithms are measured (`tsl::CudnnUseAutotune`). */
  readonly autotune?: boolean;
  /** Whether ops must be deterministic (`tsl::OpDeterminismRequired`). */
  readonly deterministicOps?: boolean;
  /** Whether float32 products may be computed in TF32 on a GPU (`tsl::tensor_float_32_execution_enabled`). */
  readonly tf32?: boolean;
  /** Whether XLA has compiled something for the processor in this process, as its threads tell; on Linux. */
  readonly xla?: boolean;
  /** Threads inside one op, counted as they started; on Linux. */
  readonly intraOpThreads?: number;
  /** Threads that run ops side by side, counted likewise. */
  readonly interOpThreads?: number;
}

/** The device that is open. */
export interface DeviceDescription {
  /** A device of `@cantrip/core-tensor-gpu`, or a backend of TensorFlow.js, e.g. `webgl`. */
  readonly name: string;
  /** E.g. `TensorFlow 2.21.0`, `tfjs-backend-wasm 4.22.0`. */
  readonly version: string;
  /** Where the library was loaded from; absent where there is none. */
  readonly library?: string;
  readonly threads: number;
  /** The GPU's or processor's name. */
  readonly hardware: string;
  /** Bytes of memory that the device may use; 0 where that is not known. */
  readonly memory: number;
  /** Of a device of TensorFlow's. */
  readonly settings?: LibrarySettings;
  readonly passedOver: readonly PassedOver[];
}

/** A device that is open. `openDevice` of `@cantrip/core-tensor-gpu` gives one, and {@link backendDevice}. */
export interface Device<Name extends string = string> {
  readonly name: Name;
  /** As it is now: some settings of TensorFlow's change. */
  describe(): DeviceDescription;
  /**
   * Of a device of TensorFlow's: lets a GPU compute float32 products in TF32, or not, from the next op on, for the whole
   * process. False where this TensorFlow has no such switch.
   */
  allowTf32?(allowed: boolean): boolean;
  /**
   * Makes it the device that ops run on, where another one was opened or set since. Values that lie on another device
   * come over when an op takes them.
   *
   * @throws CantripError DEVICE_CLOSED where another device took its place: `cuda` and `tensorflow` are one or the other
   */
  use(): void;
}

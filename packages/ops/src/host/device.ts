/** The names of the devices, best first. `auto` opens the first one that is present. */
export const deviceNames = ['cuda', 'tensorflow', 'wasm', 'cpu'] as const;

/** The names of devices that are not proved yet: `auto` never opens one of them. */
export const experimentalDeviceNames = ['webgpu'] as const;

export type DeviceName = (typeof deviceNames)[number] | (typeof experimentalDeviceNames)[number];

export interface OpenDeviceOptions {
  /** Environment variables to set before the native library loads. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A better device that was not opened, with the reason. */
export interface PassedOver {
  readonly name: DeviceName;
  /** One sentence without a full stop. */
  readonly reason: string;
  /** A command that makes the device available, if there is one. */
  readonly fix?: string;
}

/**
 * The settings of the loaded TensorFlow, read from the library itself and not from the environment. A setting that
 * cannot be read is missing.
 */
export interface LibrarySettings {
  /** Whether ops run in oneDNN (`tensorflow::IsMKLEnabled`). */
  readonly oneDnn?: boolean;
  /** Whether cuDNN's algorithms are measured (`tsl::CudnnUseAutotune`). */
  readonly autotune?: boolean;
  /** Whether ops must be deterministic (`tsl::OpDeterminismRequired`). */
  readonly deterministicOps?: boolean;
  /** Whether a GPU may compute float32 products in TF32 (`tsl::tensor_float_32_execution_enabled`). */
  readonly tf32?: boolean;
  /** Whether XLA has compiled something for the CPU in this process. This is read from its threads, on Linux only. */
  readonly xla?: boolean;
  /** The number of threads inside one op, counted when they started; on Linux only. */
  readonly intraOpThreads?: number;
  /** How a captured step chooses the number of threads in an op. */
  readonly stepThreads?: string;
  /** The number of threads that run ops in parallel, counted when they started; on Linux only. */
  readonly interOpThreads?: number;
}

/** The description of an open device. */
export interface DeviceDescription {
  /** A device of `@cantrip/core-tensor-gpu`, or a backend of TensorFlow.js, e.g. `webgl`. */
  readonly name: string;
  /** E.g. `TensorFlow 2.21.0`, `tfjs-backend-wasm 4.22.0`. */
  readonly version: string;
  /** The path of the loaded library; missing if there is none. */
  readonly library?: string;
  readonly threads: number;
  /** The name of the GPU or processor. */
  readonly hardware: string;
  /** The memory that the device may use, in bytes; 0 if unknown. */
  readonly memory: number;
  /** Only for a TensorFlow device. */
  readonly settings?: LibrarySettings;
  readonly passedOver: readonly PassedOver[];
}

/** An open device, from `openDevice` of `@cantrip/core-tensor-gpu` or from {@link backendDevice}. */
export interface Device<Name extends string = string> {
  readonly name: Name;
  /** Describes the device as it is now. Some settings of TensorFlow can change. */
  describe(): DeviceDescription;
  /**
   * Only for a TensorFlow device: allows or forbids TF32 for float32 products on a GPU, from the next op on, for the
   * whole process. Returns false if this TensorFlow has no such setting.
   */
  allowTf32?(allowed: boolean): boolean;
  /**
   * Makes this the device that ops run on, if another one was opened or set in between. Values on another device are
   * copied when an op uses them.
   *
   * @throws CantripError DEVICE_CLOSED if another device has replaced it: `cuda` and `tensorflow` cannot both be
   *   open
   */
  use(): void;
}

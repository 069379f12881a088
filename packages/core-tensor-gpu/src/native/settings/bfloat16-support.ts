import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import type { NativeLibrary } from '../api/native-library.ts';
import { librarySettings } from './library-settings.ts';

/** Why a device computes products in bfloat16 no faster than in float32, or what is needed, and what to do. */
export interface NoBfloat16 {
  readonly reason: string;
  readonly fix?: string;
}

/** The instructions that multiply bfloat16 numbers. Without them a product in bfloat16 takes longer. */
const instructions = ['avx512_bf16', 'amx_bf16'] as const;

/**
 * Whether a processor is faster in bfloat16: one of the instructions is there, and oneDNN, whose kernels use them.
 *
 * @param flags - the processor's instructions; undefined if the system does not say
 */
export function whyNoBfloat16OnProcessor(
  flags: readonly string[] | undefined,
  { oneDnn }: { readonly oneDnn?: boolean | undefined },
): NoBfloat16 | undefined {
  if (flags === undefined) return { reason: 'this system does not say which instructions the processor has' };
  if (!instructions.some((name) => flags.includes(name))) {
    return {
      reason: `the processor has neither ${instructions.join(' nor ')}, so bfloat16 would be slower than float32`,
    };
  }
  if (oneDnn !== false) return undefined;
  return {
    reason: 'oneDNN is off, and without it bfloat16 would be slower than float32',
    fix: 'Set the environment variable TF_ENABLE_ONEDNN_OPTS=1',
  };
}

/** GPUs multiply bfloat16 numbers from this compute capability on (Ampere). */
const firstCapability = 8;

/** @param capability - the major number of the compute capability; undefined if the driver does not say */
export function whyNoBfloat16OnGpu(capability: number | undefined): NoBfloat16 | undefined {
  if (capability === undefined)
    return { reason: 'the driver does not say which compute capability the GPU has' };
  if (capability >= firstCapability) return undefined;
  return {
    reason: `the GPU has compute capability ${capability}, and bfloat16 needs ${firstCapability} or more`,
  };
}

/** Why the device of this library is not faster in bfloat16; undefined if it is. */
export function whyNoBfloat16On(
  library: NativeLibrary,
  gpu: { readonly index: number } | undefined,
): NoBfloat16 | undefined {
  return gpu
    ? whyNoBfloat16OnGpu(computeCapability(gpu.index))
    : whyNoBfloat16OnProcessor(processorFlags(), librarySettings(library));
}

/** The processor's instructions in Linux's words; undefined on another system. */
function processorFlags(): readonly string[] | undefined {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(/\s+/);
  } catch {
    return undefined;
  }
}

/** `CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR`. */
const capabilityMajor = 75;

function computeCapability(index: number): number | undefined {
  try {
    const driver = koffi.load('libcuda.so.1');
    const [device, value] = [new Int32Array(1), new Int32Array(1)];
    driver.func('cuInit', 'int', ['uint'])(0);
    driver.func('cuDeviceGet', 'int', ['void *', 'int'])(device, index);
    const code: unknown = driver.func('cuDeviceGetAttribute', 'int', ['void *', 'int', 'int'])(
      value,
      capabilityMajor,
      device[0],
    );
    return code === 0 ? value[0] : undefined;
  } catch {
    return undefined;
  }
}

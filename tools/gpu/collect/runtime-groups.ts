import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type GivenFile, type GivenGroup, givenFile } from '../parts/given-files.ts';
import { standInLibraries } from './stand-in-libraries.ts';

interface Wanted {
  readonly group: string;
  /** Files of the folder of unpacked wheels. */
  readonly pattern: RegExp;
  /** Without one of these, the group is of no use. */
  readonly required: readonly string[];
}

/** In the order in which they are brought to the machine: the most useful first. */
const wanted: readonly Wanted[] = [
  {
    group: 'tensorflow',
    pattern:
      /^(tensorflow\/libtensorflow_(cc|framework)\.so\.2|tensorflow-[\d.]+\.dist-info\/(METADATA|LICENSE.*))$/,
    required: ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'],
  },
  {
    group: 'cuda',
    // CUPTI is for the trace of a step.
    pattern:
      /^nvidia\/(cuda_runtime\/lib\/libcudart|cuda_cupti\/lib\/libcupti|cublas\/lib\/libcublas(Lt)?)\.so\.12$/,
    required: ['nvidia/cuda_runtime/lib/libcudart.so.12', 'nvidia/cublas/lib/libcublas.so.12'],
  },
  {
    group: 'xla',
    pattern: /^nvidia\/cuda_nvcc\/(bin\/(ptxas|nvlink)|nvvm\/libdevice\/libdevice\.10\.bc)$/,
    required: ['nvidia/cuda_nvcc/bin/ptxas', 'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc'],
  },
  {
    // cuDNN compiles some of its engines with NVRTC. libcudnn_adv has recurrent networks and attention of cuDNN's own, which no step here calls.
    group: 'cudnn',
    pattern:
      /^nvidia\/(cudnn\/lib\/libcudnn(_(?!adv)\w+)?\.so\.9|cuda_nvrtc\/lib\/libnvrtc(-builtins)?\.so\.12[\d.]*)$/,
    required: ['nvidia/cudnn/lib/libcudnn.so.9', 'nvidia/cudnn/lib/libcudnn_graph.so.9'],
  },
];

export interface RuntimeGroups {
  readonly groups: readonly GivenGroup[];
  /** Groups that cannot be made, and why. */
  readonly missing: readonly string[];
}

/**
 * TensorFlow's CUDA build and NVIDIA's libraries, of a folder into which their wheels were unpacked.
 *
 * @param scratch - a folder for the libraries that stand in for others
 */
export function runtimeGroups(wheels: string, scratch: string): RuntimeGroups {
  const paths = existsSync(wheels)
    ? readdirSync(wheels, { recursive: true, encoding: 'utf8' }).filter((path) =>
        statSync(join(wheels, path)).isFile(),
      )
    : [];
  const groups: GivenGroup[] = [];
  const missing: string[] = [];
  for (const { group, pattern, required } of wanted) {
    const absent = required.filter((path) => !paths.includes(path));
    if (absent.length > 0) {
      missing.push(`${group}: there is no ${absent.join(', no ')} in ${wheels}`);
      continue;
    }
    const files = paths.filter((path) => pattern.test(path)).sort();
    const given = files.map((path) => executable(givenFile(`runtime/${path}`, join(wheels, path))));
    groups.push({ name: group, files: group === 'cuda' ? [...given, ...standInLibraries(scratch)] : given });
  }
  return { groups, missing };
}

/** Wheels that were unpacked by a zip program have lost this. */
function executable(file: GivenFile): GivenFile {
  return file.path.includes('/bin/') ? { ...file, mode: 0o755 } : file;
}

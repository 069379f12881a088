#!/bin/sh
# Runs the kit where it was put together: sh tools/gpu/run.sh --results FOLDER [--seconds 560] [--only NAMES]
# It gives the programs the libraries of the kit, and asks the machine for what the kit lacks.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
runtime="$root/runtime"
node="$root/bin/node"
[ -x "$node" ] || node=node

# PyTorch brings CUDA libraries of its own, some of the same names: it must not find the kit's.
export CANTRIP_PEERS_LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}"
libraries="$root/lib"
for folder in "$runtime"/nvidia/*/lib; do
  [ -d "$folder" ] && libraries="$libraries:$folder"
done
if [ -d "$runtime/tensorflow" ]; then
  export CANTRIP_TENSORFLOW="$runtime/tensorflow"
  if [ ! -d "$runtime/nvidia/cudnn" ]; then
    cudnn=$(python3 -c 'import nvidia.cudnn as c; print(list(c.__path__)[0] + "/lib")' 2>/dev/null || true)
    [ -n "$cudnn" ] && libraries="$libraries:$cudnn" && echo "cuDNN of this machine: $cudnn"
  fi
  if [ -d "$runtime/nvidia/cuda_nvcc" ]; then
    export XLA_FLAGS="--xla_gpu_cuda_data_dir=$runtime/nvidia/cuda_nvcc ${XLA_FLAGS:-}"
    export PATH="$runtime/nvidia/cuda_nvcc/bin:${PATH:-/usr/bin:/bin}"
  fi
fi
export LD_LIBRARY_PATH="$libraries:${LD_LIBRARY_PATH:-}"

# A container may have NVIDIA's Vulkan driver and lack the file that names it.
if [ -z "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] && ! ls /usr/share/vulkan/icd.d/nvidia* /etc/vulkan/icd.d/nvidia* >/dev/null 2>&1; then
  for driver in libGLX_nvidia.so.0 libEGL_nvidia.so.0; do
    if ldconfig -p 2>/dev/null | grep -q "$driver"; then
      named="${TMPDIR:-/tmp}/cantrip-nvidia-icd.json"
      printf '{"file_format_version":"1.0.0","ICD":{"library_path":"%s","api_version":"1.3.0"}}\n' "$driver" > "$named"
      export VK_DRIVER_FILES="$named"
      echo "Vulkan driver of this machine: $driver"
      break
    fi
  done
fi

export INIT_CWD="$PWD"
cd "$root"
exec "$node" --conditions=@cantrip/source --import tsx tools/gpu/main.ts "$@"

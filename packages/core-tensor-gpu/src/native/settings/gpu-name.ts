import koffi from 'koffi';

/** The name of a GPU, from its driver. TensorFlow's C API does not return it. */
export function gpuName(index: number): string {
  try {
    const driver = koffi.load('libcuda.so.1');
    const device = new Int32Array(1);
    const name = Buffer.alloc(256);
    driver.func('cuInit', 'int', ['uint'])(0);
    driver.func('cuDeviceGet', 'int', ['void *', 'int'])(device, index);
    driver.func('cuDeviceGetName', 'int', ['void *', 'int', 'int'])(name, name.length, device[0]);
    return name.toString('latin1', 0, name.indexOf(0)) || `GPU ${index}`;
  } catch {
    return `GPU ${index}`;
  }
}

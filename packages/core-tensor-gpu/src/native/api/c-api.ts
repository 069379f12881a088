import type { LibraryHandle } from 'koffi';

/** The address of something that TensorFlow owns. */
export type Pointer = bigint;

/** An address to pass: TensorFlow's own, or JavaScript memory that is valid during the call. */
export type Address = Pointer | ArrayBufferView | ArrayBuffer | null;

/**
 * Runs an op on this thread, or on a thread of Node's pool. In the pool, all passed memory must stay referenced
 * until the end.
 */
export interface Execute {
  (op: Pointer, outputs: Address, count: Address, status: Pointer): void;
  async(
    op: Pointer,
    outputs: Address,
    count: Address,
    status: Pointer,
    done: (error: Error | null) => void,
  ): void;
}

/** The functions of TensorFlow's C API that the binding calls (`tensorflow/c/c_api.h`, `eager/c_api.h`, `tf_tstring.h`). */
export interface CApi {
  newStatus(): Pointer;
  deleteStatus(status: Pointer): void;
  setStatus(status: Pointer, code: number, message: string): void;
  getCode(status: Pointer): number;
  getMessage(status: Pointer): string;

  allocateTensor(type: number, dims: Address, rank: number, bytes: number): Pointer;
  deleteTensor(tensor: Pointer): void;
  tensorData(tensor: Pointer): Pointer;
  tensorByteSize(tensor: Pointer): number;
  tensorType(tensor: Pointer): number;
  tensorElementCount(tensor: Pointer): number;

  stringInit(string: Pointer): void;
  stringCopy(string: Pointer, bytes: Address, length: number): void;
  stringDealloc(string: Pointer): void;
  stringData(string: Pointer): Pointer;
  stringSize(string: Pointer): number;

  newContextOptions(): Pointer;
  setContextConfig(options: Pointer, config: Address, length: number, status: Pointer): void;
  deleteContextOptions(options: Pointer): void;
  newContext(options: Pointer, status: Pointer): Pointer;
  deleteContext(context: Pointer): void;
  listDevices(context: Pointer, status: Pointer): Pointer;
  deleteDeviceList(list: Pointer): void;
  deviceCount(list: Pointer): number;
  deviceName(list: Pointer, index: number, status: Pointer): string;
  deviceType(list: Pointer, index: number, status: Pointer): string;
  deviceMemory(list: Pointer, index: number, status: Pointer): number;

  newHandle(tensor: Pointer, status: Pointer): Pointer;
  deleteHandle(handle: Pointer): void;
  resolveHandle(handle: Pointer, status: Pointer): Pointer;
  copyToDevice(handle: Pointer, context: Pointer, device: string, status: Pointer): Pointer;
  handleType(handle: Pointer): number;
  handleRank(handle: Pointer, status: Pointer): number;
  handleDim(handle: Pointer, index: number, status: Pointer): number;
  handleDevice(handle: Pointer, status: Pointer): string;

  newOp(context: Pointer, name: Address, status: Pointer): Pointer;
  deleteOp(op: Pointer): void;
  setDevice(op: Pointer, device: string, status: Pointer): void;
  addInput(op: Pointer, handle: Pointer, status: Pointer): void;
  addInputs(op: Pointer, handles: Address, count: number, status: Pointer): void;
  execute: Execute;

  setString(op: Pointer, name: Address, value: Address, length: number): void;
  setStringList(op: Pointer, name: Address, values: Address, lengths: Address, count: number): void;
  setInt(op: Pointer, name: Address, value: number | bigint): void;
  setIntList(op: Pointer, name: Address, values: Address, count: number): void;
  setFloat(op: Pointer, name: Address, value: number): void;
  setFloatList(op: Pointer, name: Address, values: Address, count: number): void;
  setBool(op: Pointer, name: Address, value: number): void;
  setBoolList(op: Pointer, name: Address, values: Address, count: number): void;
  setType(op: Pointer, name: Address, value: number): void;
  setTypeList(op: Pointer, name: Address, values: Address, count: number): void;
  setShape(op: Pointer, name: Address, dims: Address, rank: number, status: Pointer): void;
  setShapeList(
    op: Pointer,
    name: Address,
    dims: Address,
    ranks: Address,
    count: number,
    status: Pointer,
  ): void;
}

const p = 'void *';
const text = 'const char *';

/** Binds all functions. Throws if the library lacks one. */
export function bindCApi(library: LibraryHandle): CApi {
  const func = library.func.bind(library) as LibraryHandle['func'];
  return {
    newStatus: func('TF_NewStatus', p, []),
    deleteStatus: func('TF_DeleteStatus', 'void', [p]),
    setStatus: func('TF_SetStatus', 'void', [p, 'int', 'str']),
    getCode: func('TF_GetCode', 'int', [p]),
    getMessage: func('TF_Message', text, [p]),

    allocateTensor: func('TF_AllocateTensor', p, ['int', p, 'int', 'size_t']),
    deleteTensor: func('TF_DeleteTensor', 'void', [p]),
    tensorData: func('TF_TensorData', p, [p]),
    tensorByteSize: func('TF_TensorByteSize', 'size_t', [p]),
    tensorType: func('TF_TensorType', 'int', [p]),
    tensorElementCount: func('TF_TensorElementCount', 'int64_t', [p]),

    stringInit: func('TF_StringInit', 'void', [p]),
    stringCopy: func('TF_StringCopy', 'void', [p, p, 'size_t']),
    stringDealloc: func('TF_StringDealloc', 'void', [p]),
    stringData: func('TF_StringGetDataPointer', p, [p]),
    stringSize: func('TF_StringGetSize', 'size_t', [p]),

    newContextOptions: func('TFE_NewContextOptions', p, []),
    setContextConfig: func('TFE_ContextOptionsSetConfig', 'void', [p, p, 'size_t', p]),
    deleteContextOptions: func('TFE_DeleteContextOptions', 'void', [p]),
    newContext: func('TFE_NewContext', p, [p, p]),
    deleteContext: func('TFE_DeleteContext', 'void', [p]),
    listDevices: func('TFE_ContextListDevices', p, [p, p]),
    deleteDeviceList: func('TF_DeleteDeviceList', 'void', [p]),
    deviceCount: func('TF_DeviceListCount', 'int', [p]),
    deviceName: func('TF_DeviceListName', text, [p, 'int', p]),
    deviceType: func('TF_DeviceListType', text, [p, 'int', p]),
    deviceMemory: func('TF_DeviceListMemoryBytes', 'int64_t', [p, 'int', p]),

    newHandle: func('TFE_NewTensorHandle', p, [p, p]),
    deleteHandle: func('TFE_DeleteTensorHandle', 'void', [p]),
    resolveHandle: func('TFE_TensorHandleResolve', p, [p, p]),
    copyToDevice: func('TFE_TensorHandleCopyToDevice', p, [p, p, text, p]),
    handleType: func('TFE_TensorHandleDataType', 'int', [p]),
    handleRank: func('TFE_TensorHandleNumDims', 'int', [p, p]),
    handleDim: func('TFE_TensorHandleDim', 'int64_t', [p, 'int', p]),
    handleDevice: func('TFE_TensorHandleDeviceName', text, [p, p]),

    newOp: func('TFE_NewOp', p, [p, p, p]),
    deleteOp: func('TFE_DeleteOp', 'void', [p]),
    setDevice: func('TFE_OpSetDevice', 'void', [p, text, p]),
    addInput: func('TFE_OpAddInput', 'void', [p, p, p]),
    addInputs: func('TFE_OpAddInputList', 'void', [p, p, 'int', p]),
    execute: func('TFE_Execute', 'void', [p, p, p, p]) as unknown as Execute,

    setString: func('TFE_OpSetAttrString', 'void', [p, p, p, 'size_t']),
    setStringList: func('TFE_OpSetAttrStringList', 'void', [p, p, p, p, 'int']),
    setInt: func('TFE_OpSetAttrInt', 'void', [p, p, 'int64_t']),
    setIntList: func('TFE_OpSetAttrIntList', 'void', [p, p, p, 'int']),
    setFloat: func('TFE_OpSetAttrFloat', 'void', [p, p, 'float']),
    setFloatList: func('TFE_OpSetAttrFloatList', 'void', [p, p, p, 'int']),
    setBool: func('TFE_OpSetAttrBool', 'void', [p, p, 'uint8_t']),
    setBoolList: func('TFE_OpSetAttrBoolList', 'void', [p, p, p, 'int']),
    setType: func('TFE_OpSetAttrType', 'void', [p, p, 'int']),
    setTypeList: func('TFE_OpSetAttrTypeList', 'void', [p, p, p, 'int']),
    setShape: func('TFE_OpSetAttrShape', 'void', [p, p, p, 'int', p]),
    setShapeList: func('TFE_OpSetAttrShapeList', 'void', [p, p, p, p, 'int', p]),
  };
}

/** The functions that set attributes. Eager ops and graphs have separate ones with the same arguments. */
export type AttributeSetters = Pick<
  CApi,
  | 'setString'
  | 'setStringList'
  | 'setInt'
  | 'setIntList'
  | 'setFloat'
  | 'setFloatList'
  | 'setBool'
  | 'setBoolList'
  | 'setType'
  | 'setTypeList'
  | 'setShape'
  | 'setShapeList'
>;

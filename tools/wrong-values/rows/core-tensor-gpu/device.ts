import { type Device, openDevice, openedDevice } from '@cantrip/core-tensor-gpu';
import { options, type Row, type Rows } from '../../row.ts';
import { callable, flag, named, nothing, optional, optionalOptions, text } from '../../rules.ts';

type Call = NonNullable<Row['call']>;

/** What is opened is there for this call alone. */
const andReturn: Call = async (open, args) => {
  const { name } = openedDevice()!;
  try {
    return await (open as (...given: readonly unknown[]) => unknown)(...args);
  } finally {
    await openDevice(name);
  }
};

const withoutInstall: Call = async (install, args) => {
  const { CANTRIP_NO_INSTALL, XDG_CACHE_HOME } = process.env;
  Object.assign(process.env, { CANTRIP_NO_INSTALL: '1', XDG_CACHE_HOME: '/nowhere' });
  try {
    return await (install as (...given: readonly unknown[]) => unknown)(...args);
  } finally {
    restore({ CANTRIP_NO_INSTALL, XDG_CACHE_HOME });
  }
};

/** Devices, how they are opened and what they are asked. */
export const deviceRows: Rows = {
  deviceNames: 'a value',
  experimentalDeviceNames: 'a value',
  diagnose: 'takes nothing',
  DeviceAbsent: 'a class, which devices alone construct',
  findLibrary: 'takes nothing',
  installRuntime: {
    right: () => [{}],
    endsIn: 'forbids installing',
    legal: [
      options({ version: optional(nothing), cuda: optional(flag), log: optional(callable) }, optionalOptions),
    ],
    call: withoutInstall,
  },
  openDevice: [
    {
      right: () => ['cpu', {}],
      legal: [optional(nothing), options({ environment: optional(named(text)) }, optionalOptions)],
      call: andReturn,
    },
    {
      who: ['Device.allowTf32'],
      right: () => [true],
      legal: [flag],
      call: async (open, args) => {
        const device = await (open as unknown as typeof openDevice)(openedDevice()!.name);
        return (device.allowTf32 as NonNullable<Device['allowTf32']> | undefined)?.(...(args as [boolean]));
      },
    },
  ],
  openedDevice: 'takes nothing',
};

function restore(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

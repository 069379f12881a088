import { existsSync } from 'node:fs';

/** Debian's Chromium brings SwiftShader, which computes in software what a GPU would. */
const softwareAdapter = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (!existsSync('/dev/dri') && existsSync(softwareAdapter))
  process.env['VK_ICD_FILENAMES'] ??= softwareAdapter;

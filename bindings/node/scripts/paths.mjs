// Where things are, and what this platform is called.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
export const workspace = dirname(dirname(packageRoot));
/** Everything that is made for tests, outside of version control. */
export const cache = join(workspace, '.cache/node');

/** The target of this machine, as its platform package is called. */
export function thisTarget() {
  const { platform, arch } = process;
  if (platform === 'linux') {
    const glibc = process.report.getReport().header.glibcVersionRuntime;
    return `linux-${arch}-${glibc ? 'gnu' : 'musl'}`;
  }
  return platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`;
}

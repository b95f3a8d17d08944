// Paths of the repository, and the name of this platform.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
export const workspace = dirname(dirname(packageRoot));
/** Generated files, which are not under version control. */
export const cache = join(workspace, '.cache/node');

/** The target of this machine, as in the name of its platform package. */
export function thisTarget() {
  const { platform, arch } = process;
  if (platform === 'linux') {
    const glibc = process.report.getReport().header.glibcVersionRuntime;
    return `linux-${arch}-${glibc ? 'gnu' : 'musl'}`;
  }
  return platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`;
}

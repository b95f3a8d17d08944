/** The native addon, and how it is found on this platform. */

import type * as Addon from './addon.js';

export type {
  CancelToken as NativeCancelToken,
  Client as NativeClient,
  CompletionQueue as NativeCompletionQueue,
  FetchRequest,
  FetchResponse,
  Hooks,
  NativePageSummary as PageSummary,
  Pager as NativePager,
  Roster as NativeRoster,
  Sandbox as NativeSandbox,
  SeenIds as NativeSeenIds,
  StartOptions,
  TokenResponse,
} from './addon.js';

/** The platform packages, by `process.platform` and `process.arch`. */
const PACKAGES: Record<string, readonly string[]> = {
  'linux-x64': ['linux-x64-gnu', 'linux-x64-musl'],
  'linux-arm64': ['linux-arm64-gnu', 'linux-arm64-musl'],
  'darwin-x64': ['darwin-x64'],
  'darwin-arm64': ['darwin-arm64'],
  'win32-x64': ['win32-x64-msvc'],
  'win32-arm64': ['win32-arm64-msvc'],
};

function load(): typeof Addon {
  const platform = `${process.platform}-${process.arch}`;
  const targets = PACKAGES[platform];
  if (targets === undefined) {
    throw new Error(
      `vitable-groups has no native addon for ${platform}; supported platforms: ` +
        `${Object.keys(PACKAGES).join(', ')}`,
    );
  }
  const failures: unknown[] = [];
  for (const target of targets) {
    // The second one is a build in the repository, relative to the built file.
    for (const module of [`vitable-groups-${target}`, `../../vitable-groups.${target}.node`]) {
      try {
        return require(module) as typeof Addon;
      } catch (error) {
        failures.push(error);
      }
    }
  }
  const names = targets.map((target) => `vitable-groups-${target}`).join(' or ');
  throw new Error(
    `vitable-groups cannot load its native addon for ${platform}: the package ${names} is missing ` +
      'or incompatible. Reinstall on this machine with `npm install --include=optional`, ' +
      'without a node_modules or lock file from another platform; when bundling, keep ' +
      '`vitable-groups` external.',
    { cause: failures.find((failure) => !isMissing(failure)) ?? failures[0] },
  );
}

function isMissing(failure: unknown): boolean {
  return (failure as NodeJS.ErrnoException | undefined)?.code === 'MODULE_NOT_FOUND';
}

export const addon: typeof Addon = load();

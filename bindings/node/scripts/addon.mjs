// Builds the addon with cargo and copies it to where the loader and pack.mjs find it.
// `node scripts/addon.mjs [PROFILE]`; the profile is `fast` by default.

import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, thisTarget, workspace } from './paths.mjs';

const profile = process.argv[2] ?? 'fast';
execFileSync('cargo', ['build', '-p', 'vitable-groups-node', '--profile', profile], {
  cwd: workspace,
  stdio: 'inherit',
});
const names = { linux: 'libvitable_groups_node.so', darwin: 'libvitable_groups_node.dylib', win32: 'vitable_groups_node.dll' };
const target = process.env.CARGO_TARGET_DIR ?? join(workspace, 'target');
copyFileSync(
  join(target, profile === 'dev' ? 'debug' : profile, names[process.platform]),
  join(packageRoot, `vitable-groups.${thisTarget()}.node`),
);

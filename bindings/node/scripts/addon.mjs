// Builds the addon with cargo, copies it to where the loader and pack.mjs find it, and writes its types.
// `node scripts/addon.mjs [PROFILE]`; the profile is `fast` by default.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, thisTarget, workspace } from './paths.mjs';
import { writeTypes } from './types.mjs';

const profile = process.argv[2] ?? 'fast';
const target = process.env.CARGO_TARGET_DIR ?? join(workspace, 'target');
const types = join(target, profile, 'napi-types');
mkdirSync(types, { recursive: true });
execFileSync('cargo', ['build', '-p', 'vitable-groups-node', '--profile', profile], {
  cwd: workspace,
  stdio: 'inherit',
  env: { ...process.env, NAPI_TYPE_DEF_TMP_FOLDER: types },
});
writeTypes(join(types, 'vitable-groups-node'));
const names = { linux: 'libvitable_groups_node.so', darwin: 'libvitable_groups_node.dylib', win32: 'vitable_groups_node.dll' };
copyFileSync(
  join(target, profile === 'dev' ? 'debug' : profile, names[process.platform]),
  join(packageRoot, `vitable-groups.${thisTarget()}.node`),
);

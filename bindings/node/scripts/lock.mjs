// Regenerates the lock files, without the URLs of the registry.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './paths.mjs';

for (const folder of [packageRoot, join(packageRoot, 'test-projects/runtimes')]) {
  execFileSync('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund', '--omit-lockfile-registry-resolved=false'], { cwd: folder, stdio: 'inherit' });
  const file = join(folder, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  for (const entry of Object.values(lock.packages)) delete entry.resolved;
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}

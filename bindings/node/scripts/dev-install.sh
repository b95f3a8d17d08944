#!/bin/sh
# Installs the dependencies in the lock file of the current folder. `npm ci` needs the packages of all
# platforms in the lock file; registries that lack some of them need the second command.
npm ci --silent --no-audit --no-fund 2>/dev/null || npm install --no-save --silent --no-audit --no-fund

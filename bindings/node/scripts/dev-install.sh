#!/bin/sh
# Installs what the lock file of the current folder names. `npm ci` asks for the packages of all
# platforms to be in the lock; a registry that lacks some of them needs the second form.
npm ci --silent --no-audit --no-fund 2>/dev/null || npm install --no-save --silent --no-audit --no-fund

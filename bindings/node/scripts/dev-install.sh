#!/bin/sh
exec node "$(dirname "$0")/dev-install.mjs"

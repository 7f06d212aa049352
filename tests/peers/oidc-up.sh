#!/usr/bin/env bash
# Runs a real OpenID provider in the foreground, on a port that it prints; ends when it is killed. The argument is JSON,
# see oidc-provider.mjs.
cd "$(dirname "$0")"
exec node --disable-warning=ExperimentalWarning oidc-provider.mjs "$1"

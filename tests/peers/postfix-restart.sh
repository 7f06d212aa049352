#!/usr/bin/env bash
# Stops Postfix and starts it again: all SMTP connections are cut.
cd "$(dirname "$0")"
./postfix-down.sh "$@" && ./postfix-up.sh "$@"

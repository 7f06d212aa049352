#!/usr/bin/env bash
# pg-down.sh [wipe]: stops the PostgreSQL that pg-up.sh started; `wipe` also forgets its data.
cd "$(dirname "$0")"
. ./common.sh
if [ -f "$POSTGRES/data/postmaster.pid" ]; then
  head -1 "$POSTGRES/data/postmaster.pid" >"$PEERS/postgres.pid"
  # Asked to stop fast (SIGINT), it does not wait for its clients.
  kill -INT "$(cat "$PEERS/postgres.pid")" 2>/dev/null || true
  stop_by_pid_file "$PEERS/postgres.pid"
fi
if [ "${1:-}" = wipe ]; then rm -rf "$POSTGRES"; fi

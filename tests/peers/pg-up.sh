#!/usr/bin/env bash
# Starts a private PostgreSQL on 127.0.0.1, port BASE+8. Its data are for tests: nothing is forced to disk.
cd "$(dirname "$0")"
. ./common.sh
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
mkdir -p "$POSTGRES"
# PostgreSQL refuses to run as root.
run() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then
  chown nobody "$POSTGRES"
  run() { setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups "$@"; }
fi
cd /
if [ ! -f "$POSTGRES/data/PG_VERSION" ]; then
  run "$bin/initdb" -D "$POSTGRES/data" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 >"$POSTGRES/init.out" 2>&1 || {
    cat "$POSTGRES/init.out" >&2
    exit 1
  }
fi
options="-p $PORT_POSTGRES -k $POSTGRES -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off"
options+=" -c full_page_writes=off -c max_connections=300"
run "$bin/pg_ctl" -D "$POSTGRES/data" -w -l "$POSTGRES/log" -o "$options" start </dev/null >"$POSTGRES/start.out" 2>&1 || {
  cat "$POSTGRES/start.out" "$POSTGRES/log" >&2
  exit 1
}
echo "postgres is up: postgres://postgres@127.0.0.1:$PORT_POSTGRES/postgres"

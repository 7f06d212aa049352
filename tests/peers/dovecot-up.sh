#!/usr/bin/env bash
# Starts Dovecot alone, configured by mail-up.sh; Postfix then delivers at once what waited for it.
cd "$(dirname "$0")"
. ./common.sh
dovecot -c "$DOVECOT/dovecot.conf" </dev/null >"$DOVECOT/start.out" 2>&1 || {
  cat "$DOVECOT/start.out" >&2
  exit 1
}
wait_port "$PORT_IMAP"
if [ -f "$POSTFIX/queue/pid/master.pid" ] && listens "$PORT_SMTP"; then postqueue -c "$POSTFIX/etc" -f; fi

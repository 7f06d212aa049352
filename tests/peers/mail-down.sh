#!/usr/bin/env bash
# mail-down.sh [wipe]: stops the mail system that mail-up.sh started; `wipe` also forgets its mails.
cd "$(dirname "$0")"
. ./common.sh
stop_by_pid_file "$POSTFIX/queue/pid/master.pid"
stop_by_pid_file "$DOVECOT/run/master.pid"
rm -f "$PEERS/mail.env"
if [ "${1:-}" = wipe ]; then
  # Sessions outlive their server for a moment, and may write into a mailbox that is just being removed.
  for _ in $(seq 50); do
    if rm -rf "$PEERS/mail" "$POSTFIX" "$DOVECOT" 2>/dev/null; then exit 0; fi
    sleep 0.1
  done
  rm -rf "$PEERS/mail" "$POSTFIX" "$DOVECOT"
fi

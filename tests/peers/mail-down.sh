#!/usr/bin/env bash
# mail-down.sh [wipe]: stops the mail system that mail-up.sh started; `wipe` also forgets its mails.
cd "$(dirname "$0")"
. ./common.sh
stop_by_pid_file "$POSTFIX/queue/pid/master.pid"
stop_by_pid_file "$DOVECOT/run/master.pid"
rm -f "$PEERS/mail.env"
if [ "${1:-}" = wipe ]; then rm -rf "$PEERS/mail" "$POSTFIX" "$DOVECOT"; fi

#!/usr/bin/env bash
# Starts Postfix again after postfix-down.sh.
cd "$(dirname "$0")"
. ./common.sh
/usr/lib/postfix/sbin/master -c "$POSTFIX/etc" -w </dev/null >"$POSTFIX/start.out" 2>&1
wait_port "$PORT_SMTP"
wait_port "$PORT_SUBMISSION"

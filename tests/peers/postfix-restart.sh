#!/usr/bin/env bash
# Stops Postfix and starts it again: all SMTP connections are cut.
cd "$(dirname "$0")"
. ./common.sh
stop_by_pid_file "$POSTFIX/queue/pid/master.pid"
# Its children let go of the ports a moment later.
for _ in $(seq 500); do
  if ! listens "$PORT_SMTP" && ! listens "$PORT_SUBMISSION"; then break; fi
  sleep 0.01
done
/usr/lib/postfix/sbin/master -c "$POSTFIX/etc" -w </dev/null >"$POSTFIX/start.out" 2>&1
wait_port "$PORT_SMTP"
wait_port "$PORT_SUBMISSION"

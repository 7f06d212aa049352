#!/usr/bin/env bash
# Stops Postfix: nothing is taken until postfix-up.sh.
cd "$(dirname "$0")"
. ./common.sh
stop_by_pid_file "$POSTFIX/queue/pid/master.pid"
# Its children let go of the ports a moment later.
for _ in $(seq 500); do
  if ! listens "$PORT_SMTP" && ! listens "$PORT_SUBMISSION"; then break; fi
  sleep 0.01
done

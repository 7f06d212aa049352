#!/usr/bin/env bash
# Stops Dovecot alone: an outage, during which Postfix keeps the mails.
cd "$(dirname "$0")"
. ./common.sh
stop_by_pid_file "$DOVECOT/run/master.pid"

#!/usr/bin/env bash
# save.sh NAME FOLDER FILE: puts a mail into a folder of NAME@moot.test, as a mail program does with what it sent.
cd "$(dirname "$0")"
. ./common.sh
doveadm -c "$DOVECOT/dovecot.conf" save -u "$1@$DOMAIN" -m "$2" <"$3"

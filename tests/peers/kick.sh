#!/usr/bin/env bash
# kick.sh NAME: cuts all IMAP connections of NAME@moot.test.
cd "$(dirname "$0")"
. ./common.sh
doveadm -c "$DOVECOT/dovecot.conf" kick "$1@$DOMAIN" >/dev/null

#!/usr/bin/env bash
# new-uidvalidity.sh NAME: gives the INBOX of NAME@moot.test a new UIDVALIDITY and new UIDs, as a restored backup does.
cd "$(dirname "$0")"
. ./common.sh
user=$1@$DOMAIN
inbox=$PEERS/mail/$DOMAIN/$1/Maildir
old=$(sed -n '1s/.* V\([0-9]*\).*/\1/p' "$inbox/dovecot-uidlist")
doveadm -c "$DOVECOT/dovecot.conf" kick "$user" >/dev/null 2>&1 || true
rm -f "$inbox"/dovecot-uidlist "$inbox"/dovecot.index*
doveadm -c "$DOVECOT/dovecot.conf" mailbox update --uid-validity $((old + 1000)) -u "$user" INBOX

#!/usr/bin/env bash
# Becomes a private CardDAV server (Radicale) on loopback, over TLS, which a test stops by its process.
#
# MAILMOOT_PEERS     its folder
# MAILMOOT_DAV_PORT  its port
#
# The user mailmoot has the password pw-mailmoot, and may make address books below /mailmoot/.
cd "$(dirname "$0")"
. ./common.sh
make_certificates
mkdir -p "$PEERS/dav"
echo 'mailmoot:pw-mailmoot' >"$PEERS/dav/users"
cat >"$PEERS/dav/config" <<CONF
[server]
hosts = 127.0.0.1:$MAILMOOT_DAV_PORT
ssl = True
certificate = $PEERS/tls/server.pem
key = $PEERS/tls/server.key
max_content_length = 100000000
[auth]
type = htpasswd
htpasswd_filename = $PEERS/dav/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = $PEERS/dav/data
[logging]
level = warning
CONF
exec radicale --config "$PEERS/dav/config"

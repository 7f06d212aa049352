#!/usr/bin/env bash
# A new certificate for the mail system that mail-up.sh started, by the same authority, which holds for a year longer; with
# `expired`, one that ran out years ago. The servers show it when they are started anew.
cd "$(dirname "$0")"
. ./common.sh
if [ "${1:-}" = expired ]; then
  make_expired_certificate
  cp "$PEERS/tls/expired.crt" "$PEERS/tls/server.crt"
else
  openssl x509 -req -in "$PEERS/tls/server.csr" -CA "$PEERS/tls/ca.pem" -CAkey "$PEERS/tls/ca.key" -CAcreateserial -days 4015 \
    -extfile "$PEERS/tls/extensions" -out "$PEERS/tls/server.crt" 2>/dev/null
fi
# Without the authority, which runs out with the old one.
cp "$PEERS/tls/server.crt" "$PEERS/tls/server.pem"

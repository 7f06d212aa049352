# Sourced by every script here: where the test servers keep their state, and on which ports they listen.
#
# MAILMOOT_PEERS       the state folder; default: target/peers of this work tree
# MAILMOOT_PEERS_BASE  the first of ten ports on 127.0.0.1; default: one of 120 blocks, chosen by the state folder's name
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PEERS=${MAILMOOT_PEERS:-$ROOT/target/peers}
# The servers run as users of their own and use sockets, whose paths must be short. A work tree in a private or a
# deep folder can offer neither, so its peers live in /var/tmp.
number=$(printf %s "$PEERS" | cksum | cut -d' ' -f1)
mkdir -p "$PEERS"
if [ ${#PEERS} -gt 60 ] || ! setpriv --reuid nobody --clear-groups test -x "$PEERS" 2>/dev/null; then
  PEERS=/var/tmp/mailmoot-peers-$number
fi
mkdir -p "$PEERS"
chmod 755 "$PEERS"
# Below 32768, where the kernel begins to take ports for outgoing connections.
BASE=${MAILMOOT_PEERS_BASE:-$((20000 + number % 120 * 100))}

# The one it was started with, for scripts that come later.
DOMAIN=${MAILMOOT_PEERS_DOMAIN:-$(sed -n 's/^domain=//p' "$PEERS/mail.env" 2>/dev/null || true)}
DOMAIN=${DOMAIN:-moot.test}
PORT_SMTP=$((BASE + 1)) PORT_SUBMISSION=$((BASE + 2)) PORT_SMTPS=$((BASE + 3)) PORT_IMAP=$((BASE + 4))
PORT_IMAPS=$((BASE + 5)) PORT_LMTP=$((BASE + 6)) PORT_SINK=$((BASE + 7)) PORT_POSTGRES=$((BASE + 8))

DOVECOT=$PEERS/dovecot
POSTFIX=$PEERS/postfix
POSTGRES=$PEERS/postgres

# True while something listens on 127.0.0.1:$1.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Waits until a server listens on port $1.
wait_port() {
  for _ in $(seq 1000); do
    if listens "$1"; then return 0; fi
    sleep 0.01
  done
  echo "nothing listens on port $1 after 10 s" >&2
  return 1
}

# True while process $1 runs. A zombie does not: who adopts it may reap it late.
alive() { [ -r "/proc/$1/stat" ] && [ "$(sed 's/.*) //;s/ .*//' "/proc/$1/stat" 2>/dev/null)" != Z ]; }

# Stops the one process whose number is in file $1: asks, waits 10 s, then kills it.
stop_by_pid_file() {
  local pid
  [ -f "$1" ] || return 0
  pid=$(tr -dc 0-9 <"$1")
  if [ -n "$pid" ] && alive "$pid"; then
    kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 200); do alive "$pid" || break; sleep 0.05; done
    if alive "$pid"; then kill -KILL "$pid" 2>/dev/null || true; fi
  fi
  rm -f "$1"
}

# A certificate authority and a server certificate of it; and an authority that signed nothing.
make_certificates() {
  local dir=$PEERS/tls
  [ -f "$dir/ready" ] && return 0
  mkdir -p "$dir"
  local key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  local authority=(-addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign')
  openssl req -x509 "${key[@]}" -days 3650 -subj '/CN=Test authority' "${authority[@]}" \
    -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>/dev/null
  openssl req -x509 "${key[@]}" -days 3650 -subj '/CN=Other authority' "${authority[@]}" \
    -keyout "$dir/other.key" -out "$dir/other-ca.pem" 2>/dev/null
  openssl req "${key[@]}" -subj "/CN=mx.$DOMAIN" -keyout "$dir/server.key" -out "$dir/server.csr" 2>/dev/null
  printf 'subjectAltName=DNS:localhost,DNS:mx.%s,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' "$DOMAIN" >"$dir/extensions"
  openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 3650 \
    -extfile "$dir/extensions" -out "$dir/server.crt" 2>/dev/null
  cat "$dir/server.crt" "$dir/ca.pem" >"$dir/server.pem"
  chmod 644 "$dir"/*
  touch "$dir/ready"
}

# A certificate of the same authority that ran out years ago: expired.crt. `openssl x509` makes none, `openssl ca` does.
make_expired_certificate() {
  local dir=$PEERS/tls
  mkdir -p "$dir/ca"
  : >"$dir/ca/index"
  echo 01 >"$dir/ca/serial"
  printf '[ca]\ndefault_ca=own\n[own]\ndatabase=%s\nserial=%s\nnew_certs_dir=%s\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n' \
    "$dir/ca/index" "$dir/ca/serial" "$dir/ca" >"$dir/ca/config"
  openssl ca -batch -config "$dir/ca/config" -in "$dir/server.csr" -cert "$dir/ca.pem" \
    -keyfile "$dir/ca.key" -startdate 20200101000000Z -enddate 20200201000000Z -notext \
    -extfile "$dir/extensions" -out "$dir/expired.crt" 2>/dev/null
}

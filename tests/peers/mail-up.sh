#!/usr/bin/env bash
# Starts a private mail system on loopback: Postfix (SMTP, submission, SMTPS) and Dovecot (IMAP, IMAPS, LMTP).
#
# Everybody has a mailbox: NAME@moot.test, password pw-NAME, subaddresses NAME+detail@moot.test.
# Scripted outcomes: reject@ 550 5.7.1, slow@ 450 4.2.0, drop@ 421 4.3.2, nosuch...@ 550 5.1.1 (all at RCPT),
# full@ and ghost@ are taken and come back as reports (5.2.2, 5.1.1). sink.moot.test goes to port BASE+7.
# With MAILMOOT_PEERS_REWRITES set it is a relay outside that gives every mail a Message-ID of its own, as Amazon SES does.
# With MAILMOOT_PEERS_PLAIN set Dovecot is an old server that neither threads nor sorts, nor says which folder holds what was
# sent: that is the one called "Sent Items".
# With MAILMOOT_PEERS_OAUTH set to the issuer of oidc-provider.mjs the servers also take its tokens, with the scope "mail", by the
# mechanisms in MAILMOOT_PEERS_OAUTH_BY (default: xoauth2 and oauthbearer).
# Needs root, which Postfix wants.
cd "$(dirname "$0")"
. ./common.sh
for port in $PORT_SMTP $PORT_SUBMISSION $PORT_SMTPS $PORT_IMAP $PORT_IMAPS $PORT_LMTP; do
  if listens "$port"; then
    echo "port $port is taken; is the mail system up already? (mail-down.sh, or another MAILMOOT_PEERS_BASE)" >&2
    exit 1
  fi
done
make_certificates
mkdir -p "$DOVECOT" "$POSTFIX/etc" "$POSTFIX/queue" "$POSTFIX/data" "$PEERS/mail"
chown mail:mail "$PEERS/mail"
chown root "$POSTFIX/queue"
chown postfix "$POSTFIX/data"
install -d -o postfix -m 700 "$POSTFIX/queue/private"

CAPABILITY=
SENT='mailbox Gesendete {
    auto = create
    special_use = \Sent
  }'
if [ -n "${MAILMOOT_PEERS_PLAIN:-}" ]; then
  CAPABILITY='imap_capability = IMAP4rev1 UIDPLUS IDLE'
  SENT='mailbox "Sent Items" {
    auto = create
  }'
fi
BY_TOKEN= TOKENS= BY_PASSWORD=
if [ -n "${MAILMOOT_PEERS_OAUTH:-}" ]; then
  BY_TOKEN=${MAILMOOT_PEERS_OAUTH_BY:-xoauth2 oauthbearer}
  TOKENS="passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $DOVECOT/oauth2.conf
}"
  BY_PASSWORD='mechanisms = plain login'
  cat >"$DOVECOT/oauth2.conf" <<CONF
introspection_mode = post
introspection_url = ${MAILMOOT_PEERS_OAUTH/:\/\//://mail-server:s3cret-of-the-client@}/token/introspection
active_attribute = active
active_value = true
username_attribute = username
scope = mail
CONF
fi
cat >"$DOVECOT/dovecot.conf" <<CONF
base_dir = $DOVECOT/run
state_dir = $DOVECOT/state
instance_name = mailmoot-$BASE
log_path = $DOVECOT/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <$PEERS/tls/server.pem
ssl_key = <$PEERS/tls/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login $BY_TOKEN
auth_username_format = %Lu
# The default of 2 s after a wrong password would only slow the tests down.
auth_failure_delay = 0 secs
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_plugins = quota
recipient_delimiter = +
hostname = mx.$DOMAIN
postmaster_address = postmaster@$DOMAIN
mail_max_userip_connections = 1000
default_client_limit = 4000
$TOKENS
passdb {
  driver = static
  $BY_PASSWORD
  args = password=pw-%n
}
# full@ has room for hardly anything.
userdb {
  driver = passwd-file
  args = username_format=%u $DOVECOT/users
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$PEERS/mail/%d/%n allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
  $SENT
}
$CAPABILITY
service imap-login {
  service_count = 0
  process_min_avail = 1
  client_limit = 2000
  inet_listener imap {
    port = $PORT_IMAP
  }
  inet_listener imaps {
    port = $PORT_IMAPS
    ssl = yes
  }
}
service imap {
  process_limit = 2000
}
service lmtp {
  process_min_avail = 2
  inet_listener lmtp {
    port = $PORT_LMTP
  }
  unix_listener $POSTFIX/queue/private/dovecot-lmtp {
    mode = 0666
  }
}
service auth {
  unix_listener $POSTFIX/queue/private/auth {
    mode = 0666
  }
}
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=10G
  quota_grace = 0
}
CONF
echo "full@$DOMAIN::$(id -u mail):$(id -g mail)::$PEERS/mail/$DOMAIN/full::userdb_quota_rule=*:storage=20k" >"$DOVECOT/users"
chmod 644 "$DOVECOT/users"

cat >"$POSTFIX/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $POSTFIX/queue
data_directory = $POSTFIX/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
maillog_file = $POSTFIX/log
maillog_file_prefixes = $PEERS
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.$DOMAIN
mydomain = $DOMAIN
myorigin = $DOMAIN
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
local_transport = error:5.1.1 no local delivery
alias_maps =
smtp_dns_support_level = disabled
virtual_mailbox_domains = $DOMAIN
virtual_mailbox_maps = regexp:$POSTFIX/etc/mailboxes
virtual_alias_maps = inline:{ { postmaster@$DOMAIN = alice@$DOMAIN } { team@$DOMAIN = alice@$DOMAIN,bob@$DOMAIN } { ghost@$DOMAIN = ghost@nowhere.$DOMAIN } }
virtual_transport = lmtp:unix:private/dovecot-lmtp
# ghost@ is taken and fails afterwards, which a sender learns from a report only.
relay_domains = sink.$DOMAIN, nowhere.$DOMAIN
relay_recipient_maps =
transport_maps = inline:{ { sink.$DOMAIN = smtp:[127.0.0.1]:$PORT_SINK } { nowhere.$DOMAIN = error:5.1.1 This mailbox is gone } }
default_transport = error:5.1.2 no way out of the test mail system
recipient_delimiter = +
lmtp_destination_recipient_limit = 50
message_size_limit = 104857600
mailbox_size_limit = 0
smtpd_tls_cert_file = $PEERS/tls/server.pem
smtpd_tls_key_file = $PEERS/tls/server.key
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_auth_enable = no
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
smtpd_relay_restrictions = permit_sasl_authenticated, permit_mynetworks, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{ { slow@$DOMAIN = 450 4.2.0 Greylisted, try again later } { reject@$DOMAIN = 550 5.7.1 Refused by policy } { drop@$DOMAIN = 421 4.3.2 Closing connection } }, permit_sasl_authenticated, permit_mynetworks, reject_unauth_destination
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
smtputf8_enable = yes
enable_long_queue_ids = yes
CONF
if [ -n "${MAILMOOT_PEERS_REWRITES:-}" ]; then
  echo "header_checks = regexp:$POSTFIX/etc/headers" >>"$POSTFIX/etc/main.cf"
  # shellcheck disable=SC2016 # Postfix fills in what it found.
  echo '/^Message-ID: *<([^@>]*)@[^>]*>/ REPLACE Message-ID: <relayed-${1}@relay.outside.example>' >"$POSTFIX/etc/headers"
fi
cat >"$POSTFIX/etc/mailboxes" <<CONF
if !/^nosuch/
/@$DOMAIN\$/ exists
endif
CONF
cat >"$POSTFIX/etc/master.cf" <<CONF
127.0.0.1:$PORT_SMTP inet n - n - 200 smtpd
127.0.0.1:$PORT_SUBMISSION inet n - n - 100 smtpd
  -o syslog_name=submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$PORT_SMTPS inet n - n - 100 smtpd
  -o syslog_name=smtps
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 5 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
lmtp      unix  - - n - 20 lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
CONF
# Postfix waits a second or two when its files are younger than that.
touch -d '1 minute ago' "$POSTFIX"/etc/*

./dovecot-up.sh
# `postfix start` checks for three seconds what we know; the daemon itself needs only its folders.
(
  cd "$POSTFIX/queue"
  install -d -o postfix -m 700 active bounce corrupt defer deferred flush hold incoming private saved trace
  install -d -o postfix -g postdrop -m 730 maildrop
  install -d -o postfix -g postdrop -m 710 public
  install -d -m 755 pid
)
# Without its own files for input and output the daemon would hold the caller's pipe open for ever.
/usr/lib/postfix/sbin/master -c "$POSTFIX/etc" -w </dev/null >"$POSTFIX/start.out" 2>&1 || {
  cat "$POSTFIX/start.out" "$POSTFIX/log" >&2
  exit 1
}
wait_port "$PORT_SMTP"
wait_port "$PORT_SUBMISSION"
# What the tests need to know.
cat >"$PEERS/mail.env" <<ENV
domain=$DOMAIN
smtp=$PORT_SMTP
submission=$PORT_SUBMISSION
smtps=$PORT_SMTPS
imap=$PORT_IMAP
imaps=$PORT_IMAPS
lmtp=$PORT_LMTP
sink=$PORT_SINK
base=$BASE
ca=$PEERS/tls/ca.pem
other_ca=$PEERS/tls/other-ca.pem
ENV
echo "mail is up: smtp $PORT_SMTP, submission $PORT_SUBMISSION, smtps $PORT_SMTPS, imap $PORT_IMAP, imaps $PORT_IMAPS; $PEERS"

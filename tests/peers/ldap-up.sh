#!/usr/bin/env bash
# Becomes a private slapd on loopback, which a test stops by its process: LDAP with StartTLS, and LDAPS.
#
# MAILMOOT_PEERS        its folder; `people.ldif` there is what it begins with
# MAILMOOT_LDAP_PORTS   two ports, for LDAP and LDAPS
# MAILMOOT_LDAP_CERT    its certificate: `server` (the default), `expired` or `elsewhere` (another name)
# MAILMOOT_LDAP_LIMIT   the most entries that one search gives to others than its admin, page by page or not
#
# Everybody is below dc=corp,dc=example. Its admin is cn=admin,dc=corp,dc=example with the password pw-admin; to read,
# cn=mailmoot,dc=corp,dc=example with pw-mailmoot. Nobody reads without a login.
cd "$(dirname "$0")"
. ./common.sh
read -r plain tls <<<"$MAILMOOT_LDAP_PORTS"
make_certificates
certificate=${MAILMOOT_LDAP_CERT:-server}
sign() {
  openssl x509 -req -in "$PEERS/tls/server.csr" -CA "$PEERS/tls/ca.pem" -CAkey "$PEERS/tls/ca.key" -CAcreateserial "$@" 2>/dev/null
}
case $certificate in
  expired)
    make_expired_certificate
    ;;
  elsewhere)
    printf 'subjectAltName=DNS:ldap.elsewhere.test\n' >"$PEERS/tls/elsewhere.extensions"
    sign -days 30 -extfile "$PEERS/tls/elsewhere.extensions" -out "$PEERS/tls/elsewhere.crt"
    ;;
esac
slapd=$PEERS/slapd
suffix=dc=corp,dc=example
mkdir -p "$slapd/data"
cat >"$slapd/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $slapd/pid
TLSCACertificateFile $PEERS/tls/ca.pem
TLSCertificateFile $PEERS/tls/$certificate.crt
TLSCertificateKeyFile $PEERS/tls/server.key
# What OpenLDAP has if nothing else is said.
sizelimit size.soft=500 size.hard=500 size.prtotal=${MAILMOOT_LDAP_LIMIT:-unlimited}
sockbuf_max_incoming_auth 67108864
database mdb
maxsize 1073741824
suffix "$suffix"
rootdn "cn=admin,$suffix"
rootpw pw-admin
directory $slapd/data
index objectClass eq
index mail eq
index entryUUID,modifyTimestamp eq
dbnosync
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
CONF
if [ ! -e "$slapd/data/data.mdb" ]; then
  {
    printf 'dn: %s\nobjectClass: dcObject\nobjectClass: organization\no: Corp\ndc: corp\n\n' "$suffix"
    printf 'dn: cn=mailmoot,%s\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: mailmoot\nuserPassword: pw-mailmoot\n\n' "$suffix"
    printf 'dn: ou=people,%s\nobjectClass: organizationalUnit\nou: people\n\n' "$suffix"
    printf 'dn: ou=groups,%s\nobjectClass: organizationalUnit\nou: groups\n\n' "$suffix"
    printf 'dn: ou=nobody,%s\nobjectClass: organizationalUnit\nou: nobody\n\n' "$suffix"
    cat "$PEERS/people.ldif"
  } >"$slapd/seed.ldif"
  slapadd -q -f "$slapd/slapd.conf" -l "$slapd/seed.ldif" >&2
fi
exec slapd -d 0 -f "$slapd/slapd.conf" -h "ldap://127.0.0.1:$plain ldaps://127.0.0.1:$tls"

#!/usr/bin/env bash
# Installs what the test servers and the browser tests need, if it is missing. Debian's packages; needs root then.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
cd "$(dirname "$0")/../.."

packages=(curl openssl dovecot-core dovecot-imapd dovecot-lmtpd postfix dnsmasq-base postgresql slapd ldap-utils radicale chromium fonts-droid-fallback nodejs npm python3 python3-pip notmuch)
missing=()
for package in "${packages[@]}"; do
  case $package in
    # These may have come in another way than by Debian's package.
    curl) command -v curl >/dev/null && continue ;;
    nodejs) command -v node >/dev/null && continue ;;
    python3) command -v python3 >/dev/null && continue ;;
    npm) command -v npm >/dev/null && continue ;;
    python3-pip) python3 -m pip --version >/dev/null 2>&1 && continue ;;
    postgresql) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && continue ;;
  esac
  # Not `dpkg -s`: it is content with the remains of a removed package.
  [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ]; then
    echo "As root, please: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "installing ${missing[*]}"
  # The packages must not start servers of their own; ours are private. Taken away again below.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
    trap 'rm -f $policy' EXIT
  fi
  # Debian's postgresql-common would make a cluster nobody asked for.
  mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/mailmoot-tests.conf
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
  apt-get update -qq </dev/null
  install=(apt-get install -y -qq --no-install-recommends "${missing[@]}")
  # A second try helps where a mirror hiccups or a download was cut short.
  "${install[@]}" </dev/null >/dev/null || "${install[@]}" </dev/null >/dev/null
fi

# The browser's driver (a script library, no second browser), the rules of accessibility, and Lighthouse.
libraries=(playwright-core@1.65.1 axe-core@4.14.1 lighthouse@12.8.2)
mkdir -p target/browser
if [ "$(cat target/browser/installed 2>/dev/null)" != "${libraries[*]}" ]; then
  [ -f target/browser/package.json ] || echo '{"private":true}' >target/browser/package.json
  echo "installing ${libraries[*]}"
  (cd target/browser && npm install --no-audit --no-fund --silent --ignore-scripts "${libraries[@]}" </dev/null)
  echo "${libraries[*]}" >target/browser/installed
fi

# The OpenID provider, for signing in.
provider=9.13.3
mkdir -p target/oidc
if [ "$(cat target/oidc/installed 2>/dev/null)" != $provider ]; then
  [ -f target/oidc/package.json ] || echo '{"private":true}' >target/oidc/package.json
  echo "installing oidc-provider $provider"
  (cd target/oidc && npm install --no-audit --no-fund --silent --ignore-scripts "oidc-provider@$provider" </dev/null)
  echo $provider >target/oidc/installed
fi

# Delta Chat without its windows: members write by it, too.
deltachat=2.65.0
if [ "$(cat target/deltachat/installed 2>/dev/null)" != $deltachat ]; then
  echo "installing Delta Chat $deltachat"
  rm -rf target/deltachat
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps \
    --target target/deltachat "deltachat-rpc-server==$deltachat" </dev/null
  echo $deltachat >target/deltachat/installed
fi

# Formatter and lints, where only the compiler was installed.
cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
cargo clippy --version >/dev/null 2>&1 || rustup component add clippy

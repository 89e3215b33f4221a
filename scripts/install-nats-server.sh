#!/bin/sh
# Puts a nats-server on this machine for development and tests. Does nothing when there is one already.
# root on Debian/Ubuntu: the system's package. Otherwise the same package, downloaded with an apt state directory of
# its own (no root, no change to the system) and unpacked into .tools/ of this checkout.
set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
tools="$root/.tools"

found() {
  printf 'nats-server: %s (%s)\n' "$1" "$("$1" --version)"
  exit 0
}

for candidate in "${NATS_SERVER_BIN:-}" "$(command -v nats-server || true)" /usr/sbin/nats-server \
  "$tools/usr/sbin/nats-server" "$tools/usr/bin/nats-server"; do
  if [ -n "$candidate" ] && [ -x "$candidate" ]; then found "$candidate"; fi
done

if [ "$(uname -s)" = Darwin ]; then
  echo 'nats-server is missing. Install it with: brew install nats-server' >&2
  exit 1
fi
if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-deb >/dev/null 2>&1; then
  echo 'nats-server is missing and this is no Debian or Ubuntu. Install it from https://github.com/nats-io/nats-server/releases and set NATS_SERVER_BIN to its path.' >&2
  exit 1
fi

if [ "$(id -u)" = 0 ]; then
  # The package lists are fetched only when the package is not known without them.
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nats-server >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nats-server >/dev/null
  fi
  found "$(command -v nats-server || echo /usr/sbin/nats-server)"
fi

state="$tools/apt"
mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/download"
# The system's dpkg status is only read; nothing of the system is written.
set -- -qq -o "Dir::State=$state" -o "Dir::State::lists=$state/lists" -o Dir::State::status=/var/lib/dpkg/status \
  -o "Dir::Cache=$state/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User=
if [ -z "$(find "$state/lists" -maxdepth 1 -name '*_Packages*' -print -quit)" ]; then apt-get "$@" update; fi
rm -f "$state/download"/nats-server_*.deb
(cd "$state/download" && apt-get "$@" download nats-server)
for package in "$state/download"/nats-server_*.deb; do dpkg-deb -x "$package" "$tools"; done
found "$tools/usr/sbin/nats-server"

#!/bin/sh
# Puts an S3 server for tests (moto) on this machine. Does nothing when there is one already; otherwise a Python
# environment of its own in .tools/ of this checkout, without a change to the system's Python. root on Debian or Ubuntu
# also gets python3-venv where it is missing.
set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
tools="$root/.tools/moto"
version=5.2.1

works() { [ -n "$1" ] && [ -x "$1" ] && "$1" --help >/dev/null 2>&1; }

for candidate in "${S3_SERVER_BIN:-}" "$tools/bin/moto_server" "$(command -v moto_server || true)"; do
  if works "$candidate"; then
    printf 'S3 server: %s\n' "$candidate"
    exit 0
  fi
done

if ! command -v python3 >/dev/null 2>&1 || ! python3 -c 'import ensurepip' >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null 2>&1; then
      apt-get update -qq
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
    fi
  else
    echo 'An S3 server for tests needs python3 with venv. Install python3-venv, or set S3_SERVER_BIN to a moto_server.' >&2
    exit 1
  fi
fi
rm -rf "$tools"
mkdir -p "$root/.tools"
python3 -m venv "$tools"
if ! "$tools/bin/pip" install --quiet --disable-pip-version-check "moto[server]==$version"; then
  rm -rf "$tools"
  echo 'moto could not be installed: tests on a real S3 server are skipped.' >&2
  exit 1
fi
printf 'S3 server: %s\n' "$tools/bin/moto_server"

#!/bin/sh
# Install Debian packages that are missing, if this user may; otherwise name the command and stop.
# Usage: packages.sh <what for> <package> …
set -eu
what=$1
shift
if ! command -v dpkg-query >/dev/null; then
    echo "This is not Debian: $what needs what Debian calls $*." >&2
    exit 0
fi
missing=
for package in "$@"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    sudo=
elif sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    echo "For $what, install first:  sudo $install" >&2
    exit 1
fi
echo "Installing for $what:$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo $install -qq -o Dpkg::Use-Pty=0 >/dev/null

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command in /source, which is what is committed here, on a bare Debian of another release: a folder that mmdebstrap fills, with a /proc, /sys,
# /dev and /dev/shm of its own. By hand, as root (apt-get install mmdebstrap); ccache keeps what was compiled from one time to the next.
# Usage: scripts/in-debian.sh RELEASE COMMAND [ARGUMENTS]
#   scripts/in-debian.sh trixie scripts/quickstart.sh           # Debian 13: installs, builds, trains; ten minutes
# TUSK_DEBIAN_ROOT: a folder that is kept and used again, with what is installed in it; otherwise a temporary one is deleted at the end.
# DEBIAN_MIRROR: where the packages are (http://deb.debian.org/debian).
set -euo pipefail
release=${1:?in-debian.sh: which release?}
shift
[ $# -gt 0 ] || { echo "in-debian.sh: which command?" >&2 && exit 64; }
[ "$(id -u)" -eq 0 ] || { echo "in-debian.sh: run it as root" >&2 && exit 1; }
for program in mmdebstrap unshare; do
  command -v $program > /dev/null || { echo "in-debian.sh: there is no $program here: apt-get install mmdebstrap util-linux" >&2 && exit 1; }
done

root=${TUSK_DEBIAN_ROOT:-}
if [ -z "$root" ]; then
  root=$(mktemp -d "${TMPDIR:-/tmp}/tusk-debian-XXXXXX")
  trap 'rm -rf --one-file-system "$root"' EXIT
  chmod 755 "$root"  # as it is the root of users who are not root
fi
if ! [ -e "$root/etc/debian_version" ]; then
  mmdebstrap --variant=minbase --include=ca-certificates,ccache "$release" "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
fi
cache=${CCACHE_DIR:-$HOME/.cache/ccache}
rm -rf "$root/source"
mkdir -p "$root/source" "$root/ccache" "$cache"
git -C "$(dirname "$0")/.." archive HEAD | tar x -C "$root/source"
cp /etc/resolv.conf "$root/etc/resolv.conf"

# Mounts of this shell's own, which end with it, as do all processes.
unshare --mount --pid --ipc --fork --kill-child bash -euc '
  root=$1 cache=$2
  shift 2
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs tmpfs "$root/dev/shm"
  mount --bind "$cache" "$root/ccache"
  exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    CCACHE_DIR=/ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache sh -c "cd /source && exec \"\$@\"" sh "$@"' bash "$root" "$cache" "$@" < /dev/null

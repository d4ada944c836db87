#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a Python with every package that tests compare Tusk with, as tests/python/requirements.txt pins them, and
# prints the path of its interpreter, for TUSK_PYTHON. Made once: it is a virtual environment in
# ${XDG_CACHE_HOME:-~/.cache}/tusk, one for each content of that file and each Python, of some 850 MB.
# Usage: scripts/python-env.sh [PYTHON]
#   PYTHON   what to make it of: Python 3.11 or newer with venv; by default /usr/bin/python3, or else python3
set -euo pipefail
requirements=$(cd "$(dirname "$0")/.." && pwd)/tests/python/requirements.txt

fail() {
  echo "python-env.sh: $2" >&2
  exit "$1"
}

case ${1:-} in
  -h | --help) sed -n '3,7s/^# //p' "$0" && exit 0 ;;
  -*) fail 64 "unknown argument '$1': it takes a Python's name or path" ;;
esac
[ $# -le 1 ] || fail 64 "it takes one Python, not $#"

python=${1:-/usr/bin/python3}
[ -n "${1:-}" ] || [ -x "$python" ] || python=python3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null \
  || fail 69 "$python is not there or older than Python 3.11: name a newer one, as in python-env.sh python3.12"
"$python" -c 'import ensurepip, venv' 2> /dev/null \
  || fail 69 "$python cannot make virtual environments: on Debian, install python3-venv"

which_python='import os, sys; print(sys.version, os.path.realpath(sys.executable))'
hash=$({ "$python" -c "$which_python" && cat "$requirements"; } | sha256sum | cut -c 1-16)
environment=${XDG_CACHE_HOME:-${HOME:?python-env.sh: neither XDG_CACHE_HOME nor HOME is set}/.cache}/tusk/python-$hash
complete=$environment/complete  # the last file that is made

mkdir -p "${environment%/*}"
exec 9> "$environment.lock"
flock 9  # another run may be making it
if [ ! -e "$complete" ]; then
  echo "python-env.sh: installing what $requirements pins into $environment" >&2
  "$python" -m venv --clear "$environment" >&2
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --requirement "$requirements" >&2
  "$environment/bin/python" -m pip check >&2  # --no-deps: what is not pinned is missing, and said here
  touch "$complete"
fi
echo "$environment/bin/python"

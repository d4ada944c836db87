#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Has EasyBuild build, install and check Tusk by packaging/easybuild/, as it is committed, with the libraries of this machine in the places of its
# modules (toolchain SYSTEM): a toolchain of EasyBuild's own takes hours and sources from everywhere. Then loads the module that it has
# written, and runs tusk. By hand: pip install easybuild, apt-get install environment-modules; ten minutes of a core, little where ccache
# has the objects.
# Usage: packaging/try-easybuild.sh
set -euo pipefail
cd "$(dirname "$0")/.."
command -v eb > /dev/null || { echo "try-easybuild.sh: there is no eb here: pip install easybuild" >&2 && exit 1; }
modules=/usr/share/modules/init/bash
[ -e $modules ] || { echo "try-easybuild.sh: there is no $modules here: apt-get install environment-modules" >&2 && exit 1; }
set +u
. $modules
set -u

work=$(mktemp -d "${TMPDIR:-/tmp}/tusk-easybuild-XXXXXX")
trap 'rm -rf "$work"' EXIT
file=$(echo packaging/easybuild/*.eb)
version=$(sed -n "s/^version = '\(.*\)'/\1/p" "$file")
git archive --prefix="tusk-$version/" -o "$work/tusk-$version.tar.gz" HEAD
python3 - "$file" "$work/tusk-$version.eb" << 'END'
import pathlib, re, sys
text = pathlib.Path(sys.argv[1]).read_text()
for pattern, instead in ((r"^toolchain = .*$", "toolchain = SYSTEM"), (r"^(builddependencies|dependencies) = \[.*?^\]$", r"\1 = []"),
                         (r"^sources = \[.*?^\]$", "sources = [SOURCE_TAR_GZ]"), (r"^configopts \+= .*RANDOM123.*\n", "")):
    text, times = re.subn(pattern, instead, text, flags=re.M | (re.S if "*?" in pattern else 0))
    assert times > 0, f"{sys.argv[1]} has no longer what is replaced here: {pattern}"
pathlib.Path(sys.argv[2]).write_text(text)
END
as_root=()
[ "$(id -u)" -ne 0 ] || as_root=(--allow-use-as-root-and-accept-consequences)
if command -v ccache > /dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$work; fi
eb --prefix="$work/software" --sourcepath="$work" --modules-tool=EnvironmentModules --module-syntax=Tcl --parallel="$(nproc)" "${as_root[@]}" \
  "$work/tusk-$version.eb"

# As a user of the module has it.
set +u
module use "$work/software/modules/all"
module load "tusk/$version"
set -u
test "$(command -v tusk)" = "$work/software/software/tusk/$version/bin/tusk"
tusk info
echo "try-easybuild.sh: EasyBuild's tusk/$version runs"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what Tusk is built and tested with, as far as it is missing: packages by their names in Debian 12, which Debian 13 has, too (for Ubuntu 24.04,
# which was not tried, see README.md); where a release lacks one it is named.
# Without apt-get or without root it installs nothing, says what is missing and exits with 1.
# Usage: scripts/install-deps.sh [--dev]
#   --dev   also what the style checks need (clang-format, clang-tidy-19), python-env.sh (python3-venv), tests of batch
#           jobs (Slurm, sshd, rsync), by MPICH (test-mpich.sh), of a cut wire (iproute2) and of what is installed (zsh, mandoc)
set -euo pipefail

# package | a command, Python module or header it brings | what it is | module that usually brings it on a cluster
needed=(
  "g++|g++|GCC 12 or newer|gcc"
  "cmake|cmake|CMake 3.25 or newer|cmake"
  "ninja-build|ninja|Ninja|ninja"
  "pkg-config|pkg-config|pkg-config|pkgconf"
  "libopenmpi-dev|mpicc|an MPI 3.1 library|openmpi"
  "openmpi-bin|mpirun|mpirun|openmpi"
  "libhdf5-openmpi-dev|h5pcc|HDF5 1.10 or newer built with MPI|hdf5 (the parallel one)"
  "hdf5-tools|h5dump|h5dump, for the tests|hdf5 (the parallel one)"
  "libeigen3-dev|Eigen/Core|Eigen 3.4|eigen"
  "libcli11-dev|CLI/CLI.hpp|CLI11 2|cli11"
  "libtomlplusplus-dev|toml++/toml.h|toml++ 3|tomlplusplus"
  "nlohmann-json3-dev|nlohmann/json.hpp|JSON for Modern C++ 3.11|nlohmann-json"
  "libfmt-dev|fmt/format.h|fmt 9|fmt"
  "librandom123-dev|Random123/philox.h|Random123|random123"
  "zlib1g-dev|zlib.h|zlib|zlib"
  "liblzma-dev|lzma.h|liblzma|xz"
  "doctest-dev|doctest/doctest.h|doctest 2.4, for the tests|doctest"
  "python3-h5py|python:h5py|Python with h5py, for the tests|h5py"
  "python3-numpy|python:numpy|Python with NumPy, for the tests|numpy"
  "curl|curl|curl, to fetch data sets|curl"
  "ca-certificates|curl|certificates, for the same|-"
  "dataset-fashion-mnist|true|the data of the quick start, which is fetched where this is not installed|-"
)
development=(
  "clang-format|clang-format|clang-format 14|llvm"
  "clang-tidy-19|clang-tidy-19|clang-tidy 19|llvm"
  "slurm-wlm|slurmctld|Slurm, for its tests|slurm"
  "openssh-server|sshd|sshd, for the same|-"
  "rsync|rsync|rsync, for the same|rsync"
  "mpich|mpicc.mpich|MPICH, for its tests|-"
  "libmpich-dev|mpicc.mpich|MPICH, for the same|-"
  "libhdf5-mpich-dev|h5pcc.mpich|HDF5 built with MPICH, for the same|-"
  "iproute2|ip|ip, to test a cut wire between two hosts|iproute"
  "zsh|zsh|zsh, to test what completes command lines|zsh"
  "mandoc|mandoc|mandoc, to test the man page|-"
  "python3-venv|python:ensurepip|Python with venv, for python-env.sh|python"
)

for argument in "$@"; do
  case $argument in
    --dev) needed+=("${development[@]}") ;;
    -h | --help) sed -n '3,8s/^# //p' "$0" && exit 0 ;;
    *) echo "install-deps.sh: unknown argument '$argument': it takes --dev" >&2 && exit 64 ;;
  esac
done

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]; }

# A command on the PATH, a Python module, or a header that the compiler finds (modules set CPATH).
is_found() {
  command -v "$1" > /dev/null && return
  case $1 in
    python:*) python3 -c "import ${1#python:}" > /dev/null 2>&1 ;;
    */* | *.h) echo "#include <$1>" | c++ -std=c++20 -x c++ -E - > /dev/null 2>&1 ;;
    *) return 1 ;;
  esac
}

missing=() descriptions=() modules=()
for entry in "${needed[@]}"; do
  IFS='|' read -r package probe description module <<< "$entry"
  if ! is_installed "$package"; then
    missing+=("$package")
    if ! is_found "$probe"; then
      descriptions+=("$description  ($package)")
      modules+=("$module")
    fi
  fi
done

if [ ${#missing[@]} -eq 0 ]; then
  echo "install-deps.sh: everything is there"
  exit 0
fi

as_root=(env)  # nothing in front
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if command -v apt-get > /dev/null && "${as_root[@]}" true 2> /dev/null; then
  "${as_root[@]}" apt-get update -qq
  # What this release has no package of, and is not here otherwise, is named: the rest is of use without it.
  known=() unknown=()
  for package in "${missing[@]}"; do
    if apt-cache show "$package" > /dev/null 2>&1; then
      known+=("$package")
    elif [[ ${descriptions[*]} == *"($package)"* ]]; then
      unknown+=("$package")
    fi
  done
  echo "install-deps.sh: installing ${known[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${known[@]}" > /dev/null
  [ ${#unknown[@]} -eq 0 ] && exit 0
  echo "install-deps.sh: this release has no package ${unknown[*]}" >&2
  exit 1
fi

if [ ${#descriptions[@]} -eq 0 ]; then
  echo "install-deps.sh: everything is there, if not from Debian's packages"
  exit 0
fi
{
  echo "install-deps.sh: cannot install here (no apt-get, or not root). Missing:"
  printf '  %s\n' "${descriptions[@]}"
  echo "On a cluster, try (names differ from site to site; see 'module avail'):"
  printf '%s\n' "${modules[@]}" | grep -v '^-$' | sort -u | sed 's/^/  module load /'
  echo "Header-only libraries that no module has can be unpacked anywhere and named in CPATH and CMAKE_PREFIX_PATH."
} >&2
exit 1

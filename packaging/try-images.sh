#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the two container definitions as they are committed, over a Debian 12 that mmdebstrap makes, where no registry of images can be reached,
# and trains a few steps in each. The Dockerfile by buildah, all its steps as they are; of the Apptainer definition the sections %files, %post and
# %test in a chroot (scripts/in-debian.sh), as `apptainer build` runs them. By hand, as root: apt-get install mmdebstrap buildah. Some ten
# minutes of a core each, most of it compiling. Leaves nothing behind but what ccache keeps.
# Usage: packaging/try-images.sh [docker|apptainer]      (both by default)
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-both} in both | docker | apptainer) ;; *) echo "try-images.sh: docker or apptainer, not '$1'" >&2 && exit 64 ;; esac
for program in mmdebstrap buildah unshare; do
  command -v $program > /dev/null || { echo "try-images.sh: there is no $program here: apt-get install $program" >&2 && exit 1; }
done
[ "$(id -u)" -eq 0 ] || { echo "try-images.sh: run it as root" >&2 && exit 1; }

# What a user does in an image: a small data set, an experiment, a server and two workers.
trains=$(cat << 'END'
set -e
cd "${1:-.}"
tusk --version
tusk info
for i in $(seq 400); do echo "$((i % 7)),$((i % 11)),$((i % 2))"; done > points.csv
cat > points.toml << 'TOML'
name = "points"
[data]
train = "points.h5"
[model]
layers = [{ type = "dense", units = 2, activation = "softmax" }]
loss = "categorical_crossentropy"
[optimizer]
name = "sgd"
[trainer]
name = "adag"
epochs = 2
TOML
tusk convert points.csv -o points.h5 --header no --label 2
mpirun -n 3 tusk train points.toml
test -s runs/points/model.h5
END
)

try_docker() {
  local work cache=${CCACHE_DIR:-$HOME/.cache/ccache} storage container
  work=$(mktemp -d "${TMPDIR:-/tmp}/tusk-images-XXXXXX")
  storage=(--storage-driver vfs --root "$work/storage" --runroot "$work/run")
  mkdir -p "$work/source" "$cache"
  git archive HEAD | tar x -C "$work/source"
  mmdebstrap --variant=minbase --include=ca-certificates,ccache bookworm "$work/debian.tar" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
  container=$(buildah "${storage[@]}" from scratch)
  buildah "${storage[@]}" add -q "$container" "$work/debian.tar" / > /dev/null
  buildah "${storage[@]}" config --env CMAKE_CXX_COMPILER_LAUNCHER=ccache --env CCACHE_DIR=/ccache "$container"
  buildah "${storage[@]}" commit -q --rm "$container" docker.io/library/debian:12 > /dev/null
  buildah "${storage[@]}" build --isolation chroot --network host --pull-never -v "$cache:/ccache" -f packaging/docker/Dockerfile -t tusk "$work/source"
  # In a mounted folder, as the user whom the image names, and as one whom it does not know.
  container=$(buildah "${storage[@]}" from --pull-never tusk)
  for user in 1000 4711; do
    install -d -o $user -g $user "$work/$user"
    buildah "${storage[@]}" run --isolation chroot --user $user:$user --env HOME=/tmp -v "$work/$user:/work" "$container" -- sh -c "$trains"
  done
  rm -rf --one-file-system "$work"
  echo "try-images.sh: the Docker image trains"
}

# %NAME of tusk.def.
section() { awk -v name="%$1" '/^%/ { inside = $1 == name; next } inside' packaging/apptainer/tusk.def; }

try_apptainer() {
  [ "$(section files | xargs)" = ". /source" ] || { echo "try-images.sh: %files is no longer '. /source', which is all that this knows" >&2 && exit 1; }
  # Each as a script of its own, as apptainer has them. The container's user is the one outside, who is root here: Open MPI wants to be told.
  scripts/in-debian.sh bookworm sh -ec 'sh -ec "$1"; cd /mnt; sh -ec "$2"; OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 sh -ec "$3"' sh \
    "$(section post)" "$(section environment; section test)" \
    "$(section environment; echo "$trains")"
  echo "try-images.sh: the Apptainer definition's container trains"
}

if [ "${1:-both}" != apptainer ]; then try_docker; fi
if [ "${1:-both}" != docker ]; then try_apptainer; fi

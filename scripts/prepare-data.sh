#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts a data set into data/NAME-train.h5 and data/NAME-test.h5; does nothing if they are there.
# Takes the original files from $TUSK_DATA/NAME, ../shared/data/NAME or Debian's /usr/share/datasets/NAME, and
# otherwise fetches them from their public home. See data/README.md.
# Usage: scripts/prepare-data.sh NAME      (fashion-mnist or mnist)
#   TUSK   the program, build/release/tusk by default
set -euo pipefail
cd "$(dirname "$0")/.."
tusk=${TUSK:-build/release/tusk}
name=${1:-}

# SHA-256 of the unpacked files: how they are compressed differs from copy to copy.
case $name in
  fashion-mnist)
    home=http://fashion-mnist.s3-website.eu-central-1.amazonaws.com
    declare -A sha256=(
      [train-images-idx3-ubyte]=c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888
      [train-labels-idx1-ubyte]=bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9
      [t10k-images-idx3-ubyte]=5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b
      [t10k-labels-idx1-ubyte]=0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34
    )
    ;;
  mnist)
    home=https://ossci-datasets.s3.amazonaws.com/mnist
    declare -A sha256=(
      [train-images-idx3-ubyte]=ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db
      [train-labels-idx1-ubyte]=65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5
      [t10k-images-idx3-ubyte]=0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7
      [t10k-labels-idx1-ubyte]=ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2
    )
    ;;
  -h | --help) sed -n '3,7s/^# //p' "$0" && exit 0 ;;
  *) echo "prepare-data.sh: no data set '$name': there are fashion-mnist and mnist" >&2 && exit 64 ;;
esac

train=data/$name-train.h5 test=data/$name-test.h5
if [ -e "$train" ] && [ -e "$test" ]; then
  echo "prepare-data.sh: $train and $test are there"
  exit 0
fi
if ! [ -x "$tusk" ]; then
  echo "prepare-data.sh: $tusk is not there; build it first (scripts/build.sh)" >&2
  exit 66
fi

local_copy() {
  local folder
  for folder in ${TUSK_DATA:+"$TUSK_DATA/$name"} "../shared/data/$name" "/usr/share/datasets/$name"; do
    if [ -e "$folder/train-images-idx3-ubyte.gz" ]; then echo "$folder" && return; fi
  done
  return 1
}

if source=$(local_copy); then
  echo "prepare-data.sh: taking $name from $source"
else
  source=$(mktemp -d)
  trap 'rm -rf "$source"' EXIT
  echo "prepare-data.sh: fetching $name from $home"
  for file in "${!sha256[@]}"; do
    curl --fail --silent --show-error --location --retry 3 --output "$source/$file.gz" "$home/$file.gz"
  done
fi

for file in "${!sha256[@]}"; do
  if [ "$(gzip -dc "$source/$file.gz" | sha256sum)" != "${sha256[$file]}  -" ]; then
    echo "prepare-data.sh: $source/$file.gz is not the published file (its checksum differs)" >&2
    exit 65
  fi
done

"$tusk" convert "$source"/train-{images-idx3,labels-idx1}-ubyte.gz -o "$train" --overwrite
"$tusk" convert "$source"/t10k-{images-idx3,labels-idx1}-ubyte.gz -o "$test" --overwrite

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts a data set into data/NAME-train.h5 and data/NAME-test.h5; does nothing if they are there.
# Takes the original files from $TUSK_DATA/NAME, ../shared/data/NAME or Debian's /usr/share/datasets/NAME, and
# otherwise fetches them from their public home. See data/README.md.
# Usage: scripts/prepare-data.sh NAME      (fashion-mnist, mnist, cifar10, higgs-atlas or higgs-uci)
#   TUSK   the program, build/release/tusk by default; tusk for one on the PATH
set -euo pipefail
cd "$(dirname "$0")/.."
tusk=${TUSK:-build/release/tusk}
name=${1:-}

refuse() {
  echo "prepare-data.sh: $2" >&2
  exit "$1"
}

# Images: SHA-256 of the unpacked files, as how they are compressed differs from copy to copy.
case $name in
  fashion-mnist)
    home=http://fashion-mnist.s3-website.eu-central-1.amazonaws.com
    declare -A sha256=(
      [train-images-idx3-ubyte]=c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888
      [train-labels-idx1-ubyte]=bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9
      [t10k-images-idx3-ubyte]=5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b
      [t10k-labels-idx1-ubyte]=0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34
    )
    kind=images files=("${!sha256[@]}")
    ;;
  mnist)
    home=https://ossci-datasets.s3.amazonaws.com/mnist
    declare -A sha256=(
      [train-images-idx3-ubyte]=ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db
      [train-labels-idx1-ubyte]=65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5
      [t10k-images-idx3-ubyte]=0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7
      [t10k-labels-idx1-ubyte]=ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2
    )
    kind=images files=("${!sha256[@]}")
    ;;
  cifar10) # the binary version; MD5 as its home page has it
    home=https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz md5=c32a1d4ab5d03f1284b67883e8d87530
    kind=cifar files=(data_batch_{1,2,3,4,5}.bin test_batch.bin) bytes=30730000 # each: 10,000 records
    ;;
  higgs-atlas) kind=atlas home=http://opendata.cern.ch/record/328/files files=(atlas-higgs-challenge-2014-v2.csv) ;;
  higgs-uci) kind=uci home=https://archive.ics.uci.edu/ml/machine-learning-databases/00280 files=(HIGGS.csv) ;;
  -h | --help) sed -n '3,7s/^# //p' "$0" && exit 0 ;;
  *) refuse 64 "no data set '$name': there are fashion-mnist, mnist, cifar10, higgs-atlas and higgs-uci" ;;
esac

train=data/$name-train.h5 test=data/$name-test.h5
if [ -e "$train" ] && [ -e "$test" ]; then
  echo "prepare-data.sh: $train and $test are there"
  exit 0
fi
command -v "$tusk" > /dev/null || refuse 66 "$tusk is not there; build it first (scripts/build.sh), or name one that is installed: TUSK=tusk"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The folder that has the files: a local one, or $scratch once they are fetched.
local_copy() {
  local folder
  for folder in ${TUSK_DATA:+"$TUSK_DATA/$name"} "../shared/data/$name" "/usr/share/datasets/$name"; do
    case $kind in
      images) [ -e "$folder/train-images-idx3-ubyte.gz" ] ;;
      cifar) [ -e "$folder/cifar-10-binary.tar.gz" ] || [ -e "$folder/data_batch_1.bin" ] ;;
      *) compgen -G "$folder/*.csv*" > /dev/null ;;
    esac && echo "$folder" && return
  done
  return 1
}
if source=$(local_copy); then
  echo "prepare-data.sh: taking $name from $source"
else
  source=$scratch
  echo "prepare-data.sh: fetching $name from $home"
  [ $kind != cifar ] ||
    curl --fail --silent --show-error --location --retry 3 --output "$source/cifar-10-binary.tar.gz" "$home"
  [ $kind = cifar ] || for file in "${files[@]}"; do
    curl --fail --silent --show-error --location --retry 3 --output "$source/$file.gz" "$home/$file.gz"
  done
fi

# Prints the one CSV file of the source.
csv_of_source() {
  local file
  file=$(compgen -G "$source/*.csv*" | head -n 1)
  case $file in
    *.xz) xz -dc "$file" ;;
    *.gz) gzip -dc "$file" ;;
    *) cat "$file" ;;
  esac
}

# Splits standard input: of five rows of a class that follow each other, three are to train and two to test.
# Usage: split_csv LABEL_COLUMN HEADER_LINES CONVERT_OPTIONS…
split_csv() {
  awk -F, -v label="$1" -v header="$2" -v train="$scratch/train.csv" -v test="$scratch/test.csv" '
    NR <= header { print > train; print > test; next }
    { print > (seen[$label]++ % 5 < 3 ? train : test) }'
  "$tusk" convert "$scratch/train.csv" "${@:3}" -o "$train" --overwrite
  "$tusk" convert "$scratch/test.csv" "${@:3}" -o "$test" --overwrite
}

case $kind in
  images)
    for file in "${files[@]}"; do
      [ "$(gzip -dc "$source/$file.gz" | sha256sum)" = "${sha256[$file]}  -" ] ||
        refuse 65 "$source/$file.gz is not the published file (its checksum differs)"
    done
    "$tusk" convert "$source"/train-{images-idx3,labels-idx1}-ubyte.gz -o "$train" --overwrite
    "$tusk" convert "$source"/t10k-{images-idx3,labels-idx1}-ubyte.gz -o "$test" --overwrite
    ;;
  cifar) # the archive, or its files; images of 32×32 pixels in three colours
    if [ -e "$source/cifar-10-binary.tar.gz" ]; then
      [ "$(md5sum < "$source/cifar-10-binary.tar.gz")" = "$md5  -" ] ||
        refuse 65 "$source/cifar-10-binary.tar.gz is not the published file (its checksum differs)"
      tar -xzf "$source/cifar-10-binary.tar.gz" -C "$scratch"
      source=$scratch/cifar-10-batches-bin
    fi
    for file in "${files[@]}"; do
      [ -e "$source/$file" ] || refuse 66 "$source/$file is not there; CIFAR-10's binary version has ${files[*]}"
      [ "$(stat -L -c %s "$source/$file")" -eq $bytes ] ||
        refuse 65 "$source/$file is not one of CIFAR-10's files: it has $(stat -L -c %s "$source/$file") bytes instead of $bytes"
    done
    "$tusk" convert "$source"/data_batch_{1,2,3,4,5}.bin --format cifar10 -o "$train" --overwrite
    "$tusk" convert "$source/test_batch.bin" --format cifar10 -o "$test" --overwrite
    ;;
  atlas) # the events up to 107520, which every copy has; the weights would give the label away
    csv_of_source | awk -F, 'NR == 1 || $1 + 0 <= 107520' > "$scratch/events.csv"
    [ "$(wc -l < "$scratch/events.csv")" -eq 7522 ] ||
      refuse 65 "the CSV file in $source has other than the challenge's 7,521 events up to EventId 107520"
    split_csv 33 1 --label Label --drop EventId,Weight,KaggleSet,KaggleWeight < "$scratch/events.csv"
    ;;
  uci) # published without a header and with the label first
    if [ -e "$source/HIGGS.csv.gz" ]; then
      csv_of_source | split_csv 1 0 --header no --label 0
    else
      csv_of_source | split_csv 29 1 --label label
    fi
    ;;
esac

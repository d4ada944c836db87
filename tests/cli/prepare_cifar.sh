#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What prepare-data.sh makes of copies of CIFAR-10: of files of the right size, of others, of a damaged archive. The
# program is one that tells what it is asked. Usage: prepare_cifar.sh SCRIPT
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/scripts" "$folder/data" "$folder/copies/cifar10"
cp "$1" "$folder/scripts/"
printf '#!/bin/sh\necho "$@"\n' > "$folder/tusk"
chmod +x "$folder/tusk"
copy=$folder/copies/cifar10

# Usage: expect EXIT_CODE TEXT
expect() {
  local code=0 said
  said=$(TUSK_DATA="$folder/copies" TUSK="$folder/tusk" "$folder/scripts/prepare-data.sh" cifar10 2>&1) || code=$?
  if [ "$code" -ne "$1" ] || [[ "$said" != *"$2"* ]]; then
    echo "expected exit code $1 and '$2', got $code and: $said" >&2
    exit 1
  fi
}

truncate -s 30730000 "$copy"/data_batch_{1,2,3,4}.bin "$copy/test_batch.bin"
expect 66 "data_batch_5.bin is not there"
truncate -s 3073 "$copy/data_batch_5.bin"
expect 65 "data_batch_5.bin is not one of CIFAR-10's files: it has 3073 bytes instead of 30730000"
truncate -s 30730000 "$copy/data_batch_5.bin"
expect 0 "data_batch_1.bin $copy/data_batch_2.bin $copy/data_batch_3.bin $copy/data_batch_4.bin $copy/data_batch_5.bin --format cifar10 -o data/cifar10-train.h5 --overwrite"
expect 0 "convert $copy/test_batch.bin --format cifar10 -o data/cifar10-test.h5 --overwrite"
echo no archive > "$copy/cifar-10-binary.tar.gz"
expect 65 "cifar-10-binary.tar.gz is not the published file (its checksum differs)"
touch "$folder/data/cifar10-train.h5" "$folder/data/cifar10-test.h5"
expect 0 "are there"

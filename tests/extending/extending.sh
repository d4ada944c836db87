#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs Tusk, builds docs/extending in an empty folder against what was installed, and uses it as its page says.
# Usage: extending.sh SOURCES BUILD CMAKE
set -euo pipefail
sources=$1 build=$2 cmake=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# expect CODE PATTERN COMMAND…: its exit code, and a line of what it says.
expect() {
  local code=0 said
  said=$("${@:3}" 2>&1) || code=$?
  if [ "$code" -ne "$1" ] || ! grep -q -- "$2" <<< "$said"; then
    printf '%s\n' "expected exit code $1 and \"$2\" of: ${*:3}" "exit code $code:" "$said" >&2
    exit 1
  fi
}

"$cmake" --install "$build" --prefix "$folder/prefix" > /dev/null
cp "$sources"/docs/extending/* "$folder"
cd "$folder"
"$cmake" -S . -B out -D CMAKE_PREFIX_PATH="$folder/prefix" > /dev/null
"$cmake" --build out > /dev/null
lab=$folder/out/lab
tusk=$folder/prefix/bin/tusk

awk 'BEGIN { srand(1); print "a,b,label"
  for (i = 0; i < 600; ++i) { a = 4 * rand() - 2; b = 4 * rand() - 2; printf "%.4f,%.4f,%.4f\n", a, b, a * b / 2 } }' > points.csv
expect 0 'converted 600 rows' "$lab" convert points.csv -o points.h5
expect 0 'swish' "$lab" check lab.toml
expect 0 '^trained lab: loss' "$lab" train lab.toml --run-dir alone
expect 0 '^trained lab: loss' "$sources/scripts/mpi-run.sh" -n 3 "$lab" train lab.toml --run-dir workers
expect 0 'workers' "$lab" simulate lab.toml --workers 1,2 --run-dir virtual
grep -q 'name = "fraction"' alone/experiment.toml
grep -q 'fraction = 0.7' alone/experiment.toml
grep -q 'type = "swish", beta = 1.5' alone/experiment.toml
expect 0 '^trained lab: loss' "$lab" train alone/experiment.toml --run-dir again
weights() { h5dump -g /model_weights "$1" | tail -n +2; }  # without the file's name
[ "$(weights alone/model.h5)" = "$(weights again/model.h5)" ]

# Saved, and read again.
h5dump -a /model_config alone/model.h5 | grep -q 'lab>swish'
expect 0 'power' "$lab" inspect alone/model.h5
expect 0 '^loss: lab>log_cosh (scale = 2.0)$' "$lab" inspect alone/model.h5
expect 0 'mae' "$lab" evaluate alone/model.h5 points.h5
loss() { sed -nE 's/^.*"loss": *([0-9.e+-]+).*$/\1/p' <<< "$1"; }
own=$("$lab" evaluate alone/model.h5 points.h5 --json)
same=$("$lab" evaluate alone/model.h5 points.h5 --json --loss '{ type = "log_cosh", scale = 2 }')
half=$("$lab" evaluate alone/model.h5 points.h5 --json --loss log_cosh)  # its default, scale = 1
[ "$(loss "$own")" = "$(loss "$same")" ]
[ "$(loss "$own")" != "$(loss "$half")" ]
expect 64 "key 'loss.scale': expected a number above 0, got 0" \
  "$lab" evaluate alone/model.h5 points.h5 --loss '{ type = "log_cosh", scale = 0 }'
expect 64 'expected one of .*"log_cosh", got "log_cos"; did you mean' "$lab" evaluate alone/model.h5 points.h5 --loss log_cos
expect 0 '' "$lab" predict alone/model.h5 points.h5 -o predicted.h5

sed -e '/^transforms/d; /^layers = \[/,/^\]/d; s|^\[model\]|[model]\nfile = "alone/model.h5"|' lab.toml > further.toml
expect 0 '^trained lab: loss' "$lab" train further.toml --run-dir further

# Refused by name by a program without them.
expect 65 'lab>' "$tusk" evaluate alone/model.h5 points.h5
sed -e '/^transforms/d; s/{ type = "swish".*}/{ type = "activation", activation = "relu" }/; s/^loss = .*/loss = "mse"/' \
  -e 's/"sign_sgd"/"sgd"/; /^floor/d; s/"fraction"/"downpour"/; /^fraction/d' lab.toml > plain.toml
expect 0 'activation' "$tusk" check plain.toml
for setting in 'data.transforms=[{ type = "power" }]' 'model.layers.1={ type = "swish" }' model.loss=log_cosh \
  optimizer.name=sign_sgd trainer.name=fraction; do
  name=$(sed -E 's/.*(power|swish|log_cosh|sign_sgd|fraction).*/\1/' <<< "$setting")
  expect 78 "got \"$name\"" "$tusk" check plain.toml --set "$setting"
done
echo "docs/extending works"

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Style that a machine can check: clang-format, an SPDX line first in every source, and what does not belong in
# a text file. Files above 250 lines are named, as a hint. Exit 1 if anything is wrong.
# Usage: scripts/check-format.sh [--fix]      (--fix: let clang-format rewrite the sources)
set -euo pipefail
cd "$(dirname "$0")/.."

folders=(src include tests bench)
mapfile -t sources < <(find "${folders[@]}" -name '*.[ch]pp' | sort)
mapfile -t scripts < <(find "${folders[@]}" cmake configs scripts .ci CMakeLists.txt \
  -name '*.sh' -o -name '*.py' -o -name '*.cmake' -o -name 'CMakeLists.txt' -o -name '*.toml' -o -path .ci/run | sort)

if [ "${1:-}" = --fix ]; then
  clang-format -i "${sources[@]}"
  exit 0
fi

broken=0
clang-format --dry-run -Werror "${sources[@]}" || broken=1

for file in "${sources[@]}" "${scripts[@]}"; do
  if ! head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0'; then
    echo "$file: its first line (the second, below #!) is not SPDX-License-Identifier: Apache-2.0" >&2
    broken=1
  fi
done
if grep -nE '[[:space:]]+$' "${sources[@]}" "${scripts[@]}" >&2; then
  echo "the lines above end in spaces" >&2
  broken=1
fi
wc -l "${sources[@]}" | awk '$2 != "total" && $1 > 250 { print "hint: " $2 " has " $1 " lines: is it two things?" }'

[ $broken -eq 0 ] && echo "check-format.sh: ${#sources[@]} sources are in style"
exit $broken

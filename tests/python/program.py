# SPDX-License-Identifier: Apache-2.0
"""The program under test: the first argument of a test's script, and MPI_RUN, the second where it runs several ranks."""

import subprocess
import sys

TUSK = sys.argv[1]


def run(*arguments, ranks=0, code=0, text=None):
    """Runs it, by MPI_RUN on so many ranks, with `text` on stdin; what subprocess.run() says, once it has ended with
    this code. `output` is stdout and stderr."""
    command = [sys.argv[2], "-n", str(ranks), TUSK] if ranks else [TUSK]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=250, input=text)
    assert done.returncode == code, (arguments, done.stdout, done.stderr)
    done.output = done.stdout + done.stderr
    return done

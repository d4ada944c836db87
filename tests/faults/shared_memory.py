#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A /dev/shm too small for the center: 64 KiB, and 64 MB as in a Docker container, under 22 million parameters.

shared_memory.py TUSK [--units N]: "auto" takes another transport with a warning; a transport that was asked for is an error
that names the bytes wanted and there; and address space that is too short (ulimit -v) is one that names rank and bytes."""
from faults import Faults, in_namespace, need_namespaces, tmpfs

faults = Faults(__doc__, [("--short", {"action": "store_true", "help": "3 million parameters and 16 MB in their place"})])
short = faults.arguments.short
need_namespaces()
data = faults.data(rows=32)
large = faults.experiment(data, "large", units=150_000 if short else 1_150_000, epochs=1)
small = faults.experiment(data, "small")

size = "16m" if short else "64m"
run = faults.train(small, 3, "tiny")
faults.check("64 KiB, auto", faults.run(in_namespace(run, tmpfs("/dev/shm", "64k"))), 0)
run = faults.train(large, 3, "docker")
faults.check(f"{size}, auto", faults.run(in_namespace(run, tmpfs("/dev/shm", size)), 200), 0,
             says=["transport shared does not work here", "bytes left, but", "exchanged by transport message"])
run = faults.train(large, 3, "asked", ["server.transport=shared"])
faults.check(f"{size}, shared", faults.run(in_namespace(run, tmpfs("/dev/shm", size)), 200), 70, says="bytes left, but", lines=1)
run = faults.train(large, 3, "rma", ["server.transport=rma"])
faults.check(f"{size}, rma", faults.run(in_namespace(run, tmpfs("/dev/shm", size)), 200), 70, says="bytes left, but", lines=1)
run = faults.train(small, 3, "fits")
faults.check(f"{size}, a small model", faults.run(in_namespace(run, tmpfs("/dev/shm", size)), 200), 0,
             says="exchanged by transport shared")
for transport in ("auto", "shared", "message") if not short else ("auto",):
    large = faults.experiment(data, "large", units=1_150_000, epochs=1)
    run = faults.train(large, 3, "address-" + transport, ["server.transport=" + transport])
    faults.check(f"500 MB of addresses, {transport}", faults.run(run, before="ulimit -v 500000"), 70, says=["rank ", "bytes"], lines=1)
faults.end()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A flat center beside a tree of centers on two hosts with two workers each, which are network namespaces of this machine: samples a second, bytes on the
wire and test accuracy, for windows of 1, 5 and 20 steps.

bench/tree_hosts.py TUSK [--rate 100mbit] [--delay 20ms] [--windows 1,5,20] [--epochs 2] [--data data]   (root, iproute2, data of scripts/prepare-data.sh mnist)

--rate: how many bits a second the wire carries, each way (tc tbf); --delay: how much later everything arrives, there and back together. Few kernels have netem;
here the wire is a pair of tun devices then, and a process that carries their packets, each when it is due."""
import argparse
import collections
import ctypes
import fcntl
import json
import multiprocessing
import os
import pathlib
import select
import struct
import subprocess
import sys
import tempfile
import time

REPO = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPO / "tests/faults"), str(REPO / "tests/python")]
from hosts import ADDRESS, FAR, NEAR, Hosts, ip  # noqa: E402

TRAINER = 'trainer={{name="async_local_sgd",outer_learning_rate=1.0,communication_window={window},epochs={epochs},batch_size=32}}'
TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0001, 0x1000, 0x40000000
MTU = 9000


def open_tun(host, device):
    """A tun device of that host, which this process reads and writes."""
    with open("/proc/self/ns/net") as own, open(f"/var/run/netns/{host}") as there:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.setns(there.fileno(), CLONE_NEWNET)
        tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
        libc.setns(own.fileno(), CLONE_NEWNET)
    return tun


def carry(near, far, delay_s):
    """Every packet from one to the other, so much later."""
    poll = select.epoll()
    waiting = {near: collections.deque(), far: collections.deque()}
    other = {near: far, far: near}
    for tun in waiting:
        poll.register(tun, select.EPOLLIN)
    while True:
        due = min((packets[0][0] for packets in waiting.values() if packets), default=None)
        ready = poll.poll(None if due is None else max(0.0, due - time.monotonic()))
        now = time.monotonic()
        for tun, _ in ready:
            try:
                while True:
                    waiting[other[tun]].append((now + delay_s, os.read(tun, MTU + 100)))
            except BlockingIOError:
                pass
        for tun, packets in waiting.items():
            while packets and packets[0][0] <= now:
                os.write(tun, packets.popleft()[1])


class Wire:
    """What is between the hosts: as it is, or slower, or longer."""

    def __init__(self, rate, delay_s):
        self.rate, self.delay_s, self.carrier = rate, delay_s, None

    def __enter__(self):
        if self.delay_s > 0:
            for host, device in ((NEAR, "near"), (FAR, "far")):
                ip("-n", host, "link", "del", device, check=False)
            tuns = [open_tun(NEAR, "near"), open_tun(FAR, "far")]
            for host, device in ((NEAR, "near"), (FAR, "far")):
                ip("-n", host, "addr", "add", ADDRESS[host] + "/24", "dev", device)
                ip("-n", host, "link", "set", device, "mtu", str(MTU), "up")
            self.carrier = multiprocessing.Process(target=carry, args=(*tuns, self.delay_s / 2), daemon=True)
            self.carrier.start()
        if self.rate:
            for host, device in ((NEAR, "near"), (FAR, "far")):
                subprocess.run(["tc", "-n", host, "qdisc", "add", "dev", device, "root", "tbf", "rate", self.rate, "burst", "64kb", "latency", "400ms"],
                               check=True)
        return self

    def __exit__(self, *_):
        if self.carrier:
            self.carrier.kill()

    @staticmethod
    def bytes():
        """Sent by both."""
        return sum(int(subprocess.run(["ip", "netns", "exec", host, "cat", f"/sys/class/net/{device}/statistics/tx_bytes"], check=True,
                                      stdout=subprocess.PIPE, text=True).stdout) for host, device in ((NEAR, "near"), (FAR, "far")))


def train(arguments, folder, hosts, topology, window):
    near = 3  # a server or relay, and two workers
    far = 3 if topology == "tree" else 2
    settings = [TRAINER.format(window=window, epochs=arguments.epochs), f'data.train="{arguments.data}/mnist-train.h5"',
                f'data.test="{arguments.data}/mnist-test.h5"', 'history.steps="none"', 'checkpoint.every="never"']
    experiment = (REPO / "configs/mnist-tree-of-ranks.toml").read_text()
    if topology == "flat":
        experiment = experiment[:experiment.index("[server]")] + '[server]\ntransport = "message"\n'
    (folder / "experiment.toml").write_text(experiment)
    command = ["mpirun", "--oversubscribe", "--bind-to", "none", "--host", f"{ADDRESS[NEAR]}:{near},{ADDRESS[FAR]}:{far}", "-n", str(near + far),
               arguments.tusk, "train", folder / "experiment.toml", "--run-dir", folder / "run", "--overwrite"]
    for setting in settings:
        command += ["--set", setting]
    before = Wire.bytes()
    done = subprocess.run(hosts.on_near([str(word) for word in command]), env=hosts.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    summary = json.loads((folder / "run/summary.json").read_text())
    return summary["samples_per_s"], (Wire.bytes() - before) / arguments.epochs, summary["test_accuracy"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tusk", type=pathlib.Path)
    parser.add_argument("--rate")
    parser.add_argument("--delay", default="0ms")
    parser.add_argument("--windows", default="1,5,20")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--data", type=pathlib.Path, default=REPO / "data")
    arguments = parser.parse_args()
    arguments.tusk, arguments.data = arguments.tusk.resolve(), arguments.data.resolve()
    print("| window | center | samples/s | on the wire, an epoch | test accuracy |\n|" + "---|" * 5)
    with tempfile.TemporaryDirectory(prefix="tusk-tree-hosts-") as name:
        folder = pathlib.Path(name)
        with Hosts(folder) as hosts, Wire(arguments.rate, float(arguments.delay.removesuffix("ms")) / 1000):
            for window in arguments.windows.split(","):
                for topology in ("flat", "tree"):
                    rate, sent, accuracy = train(arguments, folder, hosts, topology, window)
                    print(f"| {window} | {topology} | {rate:,.0f} | {sent / 1e6:,.1f} MB | {accuracy:.4f} |", flush=True)


main()

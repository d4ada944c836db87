# SPDX-License-Identifier: Apache-2.0
"""How many events a second `tusk predict` answers with the network 30-500-1000-500-2 of a million parameters: of a file,
of a stream as fast as it goes, and how long an event of a stream waits for its answer at half that rate.

Usage: predict.py TUSK [EVENTS], with numpy and h5py. Prints a row of a Markdown table each.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time

import h5py
import numpy as np

WIDTHS = (30, 500, 1000, 500, 2)
TICK_S = 0.0005  # events that are due are sent so often


def write_model(path, random):
    layers = [{"class_name": "InputLayer", "config": {"name": "input", "batch_input_shape": [None, WIDTHS[0]]}}]
    with h5py.File(path, "w") as file:
        weights = file.create_group("model_weights")
        names = [f"dense_{i}" for i in range(1, len(WIDTHS))]
        weights.attrs["layer_names"] = np.array([name.encode() for name in names])
        for name, inputs, units in zip(names, WIDTHS, WIDTHS[1:]):
            layers.append({"class_name": "Dense", "config": {
                "name": name, "units": units, "activation": "softmax" if name == names[-1] else "relu"}})
            group = weights.create_group(name)
            group.attrs["weight_names"] = np.array([b"kernel:0", b"bias:0"])
            group["kernel:0"] = random.normal(0, (2 / inputs) ** 0.5, (inputs, units)).astype(np.float32)
            group["bias:0"] = np.zeros(units, np.float32)
        file.attrs["model_config"] = json.dumps(
            {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}})
        file.create_group("tusk").attrs["loss"] = np.bytes_("categorical_crossentropy")


def finish(process):
    """Waits for a process; returns its CPU time."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    return usage.ru_utime + usage.ru_stime


def row(what, events, elapsed_s, cpu_s, latency_ms=None):
    quantiles = "| | " if latency_ms is None else "| {:.2f} ms | {:.2f} ms ".format(*np.percentile(latency_ms, (50, 99)))
    print(f"| {what} | {events / elapsed_s:,.0f} | {events / cpu_s:,.0f} {quantiles}|", flush=True)


def predict_file(tusk, folder, events):
    begin = time.perf_counter()
    process = subprocess.Popen([tusk, "predict", folder + "/model.h5", folder + "/data.h5", "--overwrite", "-o",
                                folder + "/out.h5"], stdout=subprocess.DEVNULL)
    cpu_s = finish(process)
    row("a file", events, time.perf_counter() - begin, cpu_s)


def stream(tusk, folder, what, lines, rate=None):
    """Sends the lines, at this rate or as fast as they are taken; returns the answers a second."""
    process = subprocess.Popen([tusk, "predict", folder + "/model.h5", "--stream"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdin.write(lines[0])  # when it is answered, the program is ready
    process.stdin.flush()
    os.read(process.stdout.fileno(), 1 << 16)
    ends = np.cumsum([len(line) for line in lines])
    text = b"".join(lines)
    begin = time.perf_counter()

    def send():
        if rate is None:
            process.stdin.write(text)
        else:
            sent = 0
            while sent < len(lines):
                due = min(int((time.perf_counter() - begin) * rate), len(lines))
                if due > sent:
                    process.stdin.write(text[ends[sent - 1] if sent else 0:ends[due - 1]])
                    process.stdin.flush()
                    sent = due
                time.sleep(TICK_S)
        process.stdin.close()

    sender = threading.Thread(target=send)
    sender.start()
    answered = np.empty(len(lines))
    count = 0
    while count < len(lines):
        piece = os.read(process.stdout.fileno(), 1 << 16)
        now = time.perf_counter() - begin
        more = piece.count(b"\n")
        answered[count:count + more] = now
        count += more
    sender.join()
    cpu_s = finish(process)
    latency_ms = None if rate is None else 1000 * (answered - (np.arange(len(lines)) + 1) / rate)
    row(what, len(lines), answered[-1], cpu_s, latency_ms)
    return len(lines) / answered[-1]


def main():
    tusk, events = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        write_model(folder + "/model.h5", random)
        features = random.normal(size=(events, WIDTHS[0])).astype(np.float32)
        with h5py.File(folder + "/data.h5", "w") as file:
            file["features"] = features
        csv = [(",".join("%.5f" % x for x in event) + "\n").encode() for event in features]
        array = [b"[" + line[:-1] + b"]\n" for line in csv]
        print("| | events/s | events a second of CPU time | p50 | p99 |\n|---|---|---|---|---|")
        predict_file(tusk, folder, events)
        stream(tusk, folder, "a stream of CSV", csv)
        most = stream(tusk, folder, "a stream of JSON", array)
        for share in (0.1, 0.5):
            rate = share * most
            stream(tusk, folder, f"JSON at {share:.0%} of that", array[:int(10 * rate)], rate)


main()

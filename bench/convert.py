# SPDX-License-Identifier: Apache-2.0
"""How fast `tusk convert` is on a large CSV file, beside pandas, pyarrow and a plain read.

Usage: bench/convert.py [--tusk PROGRAM] [--megabytes 1000] [--ranks 2] [--source FILE.csv[.xz]]

Makes the file by repeating the ATLAS Higgs slice (looked for in $TUSK_DATA and ../shared/data) under
build/bench/, and a virtual environment with pandas and pyarrow from PyPI beside it. Everything runs
twice, in turn, on a file that the operating system holds in memory; the faster time counts. Peak is
the largest resident size of one process. Prints a table, and one JSON object as the last line.
"""
import argparse
import glob
import json
import lzma
import os
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
FOLDER = os.path.join(ROOT, "build", "bench")
DROPPED = ["EventId", "Weight", "KaggleSet", "KaggleWeight"]

PANDAS = """
import sys, pandas
frame = pandas.read_csv(sys.argv[1])
"""
PYARROW = """
import sys, pyarrow, pyarrow.csv
pyarrow.set_cpu_count(int(sys.argv[2]))
table = pyarrow.csv.read_csv(sys.argv[1])
"""
PLAIN = """
import sys
with open(sys.argv[1], "rb", buffering=0) as file:
    buffer = bytearray(1 << 20)
    while file.readinto(buffer):
        pass
"""
# Runs a command; the last line of its output is the time and the largest peak of its processes.
MEASURE = """
import resource, subprocess, sys, time
start = time.monotonic()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
elapsed_s = time.monotonic() - start
print(elapsed_s, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def find_source():
    for folder in (os.environ.get("TUSK_DATA"), os.path.join(ROOT, "..", "shared", "data")):
        found = sorted(glob.glob(os.path.join(folder or "", "higgs-atlas", "*.csv.xz")))
        if folder and found:
            return found[0]
    sys.exit("convert.py: no higgs-atlas in $TUSK_DATA or ../shared/data; give --source")


def make_csv(source, megabytes):
    path = os.path.join(FOLDER, f"higgs-{megabytes}.csv")
    if os.path.exists(path):
        return path
    opener = lzma.open if source.endswith(".xz") else open
    with opener(source, "rb") as file:
        header, rows = file.read().split(b"\n", 1)
    with open(path + ".part", "wb") as out:
        out.write(header + b"\n")
        for _ in range(max(1, round(megabytes * 1e6 / len(rows)))):
            out.write(rows)
    os.rename(path + ".part", path)
    return path


def make_python():
    python = os.path.join(FOLDER, "venv", "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", os.path.join(FOLDER, "venv")], check=True)
        subprocess.run([python, "-m", "pip", "-q", "install", "pandas", "pyarrow"], check=True)
    return python


def measure(command):
    out = subprocess.run([sys.executable, "-c", MEASURE] + command, check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    elapsed_s, peak = out.split()[-2:]
    return float(elapsed_s), float(peak)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tusk", default=os.path.join(ROOT, "build", "release", "tusk"))
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--source")
    arguments = parser.parse_args()
    os.makedirs(FOLDER, exist_ok=True)
    path = make_csv(arguments.source or find_source(), arguments.megabytes)
    python = make_python()
    out = os.path.join(FOLDER, "converted.h5")
    convert = [arguments.tusk, "convert", path, "--label", "Label", "--drop", ",".join(DROPPED),
               "--overwrite", "-o", out]
    mpirun = [os.path.join(ROOT, "scripts", "mpi-run.sh"), "-n", str(arguments.ranks)]
    cases = {
        "plain read": [python, "-c", PLAIN, path],
        "tusk convert, 1 rank": convert,
        f"tusk convert, {arguments.ranks} ranks": mpirun + convert,
        f"tusk convert --shuffle, {arguments.ranks} ranks": mpirun + convert + ["--shuffle"],
        "pyarrow.csv, 1 thread": [python, "-c", PYARROW, path, "1"],
        f"pyarrow.csv, {arguments.ranks} threads": [python, "-c", PYARROW, path, str(arguments.ranks)],
        "pandas.read_csv": [python, "-c", PANDAS, path],
    }
    best = {}
    for _ in range(2):
        for name, command in cases.items():
            elapsed_s, peak = measure(command)
            if name not in best or elapsed_s < best[name]["elapsed_s"]:
                best[name] = {"elapsed_s": round(elapsed_s, 2), "peak_mib": round(peak)}
    megabytes = os.path.getsize(path) / 1e6
    print("| | s | MB/s | peak of a process |\n|---|---|---|---|")
    for name, values in best.items():
        values["mb_per_s"] = round(megabytes / values["elapsed_s"])
        print(f"| {name} | {values['elapsed_s']:.2f} | {values['mb_per_s']} | "
              f"{values['peak_mib']} MiB |")
    print(json.dumps({"megabytes": round(megabytes), "load": os.getloadavg()[0], "cases": best}))
    os.remove(out)


main()

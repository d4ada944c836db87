# SPDX-License-Identifier: Apache-2.0
"""Reads the history of a run (docs/history.md), in one file or, of a tree of centers, in one of each node."""
import pathlib

import h5py

OF_RELAYS = ("nodes", "sums", "merges")  # that history.h5 has of all nodes


def is_tree(folder):
    """Whether the run in this directory, or a part of it, was a tree of centers."""
    with h5py.File(pathlib.Path(folder) / "history.h5", "r", locking=False) as file:
        return "nodes" in file


def node_files(folder):
    """The histories of a tree's nodes, in the order of their numbers."""
    folder = pathlib.Path(folder)
    with h5py.File(folder / "history.h5", "r", locking=False) as file:
        numbers = file["nodes/file"][:].tolist() if "nodes" in file else []
    return [folder / f"history/node-{number:03}.h5" for number in numbers]


def read_tables(folder):
    """{group: {column: numbers}}, of a tree over the files of all its nodes, one behind the other; `merges` as history.h5 has it.
    Columns that are still growing, as a reader may find them, are cut to the same length."""
    folder, tables = pathlib.Path(folder), {}
    for path in [folder / "history.h5", *node_files(folder)]:
        with h5py.File(path, "r", locking=False) as file:
            for group in file:
                if path.name != "history.h5" and group in OF_RELAYS:
                    continue
                columns = {name: file[group][name][:].tolist() for name in file[group]}
                rows = min(map(len, columns.values()))
                table = tables.setdefault(group, {name: [] for name in columns})
                for name, numbers in columns.items():
                    table[name] += numbers[:rows]
    return tables

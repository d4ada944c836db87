#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The files of packaging/ and CITATION.cff as far as they can be read without their programs: valid Python, the version of the project, names of options and
files that exist."""
import ast
import pathlib
import re
import sys

REPO = pathlib.Path(__file__).resolve().parents[2]
wrong = []


def expect(condition, what):
    if not condition:
        wrong.append(what)


cmake = (REPO / "CMakeLists.txt").read_text()
version = re.search(r"project\(tusk VERSION ([0-9.]+)", cmake).group(1)
options = set(re.findall(r"^(?:option|set)\((TUSK_\w+)", cmake, re.M))
citation = (REPO / "CITATION.cff").read_text()
expect(re.search(rf"^version: {re.escape(version)}$", citation, re.M), f"CITATION.cff is not of version {version}")
easyconfigs = list((REPO / "packaging/easybuild").glob("*.eb"))
expect([path.name.split("-")[1] for path in easyconfigs] == [version], f"the easyconfig is not named by version {version}: {easyconfigs}")
for path in easyconfigs + list((REPO / "packaging/spack").rglob("*.py")):
    tree = ast.parse(path.read_text())
    names = {target.id for node in ast.walk(tree) if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}
    expect(path.suffix != ".eb" or {"easyblock", "name", "version", "toolchain", "sources"} <= names, f"{path.name} lacks something")
expect(f"version = '{version}'" in easyconfigs[0].read_text(), f"the easyconfig is not of version {version}")
for path in [path for path in (REPO / "packaging").rglob("*") if path.is_file()]:
    text = path.read_text()
    for option in set(re.findall(r"\bTUSK_[A-Z_]+", text)):
        expect(option in options, f"{path.name} sets {option}, which is no option of CMakeLists.txt")
    for file in set(re.findall(r"\b(?:scripts|packaging)/[\w./-]+\w", text)):
        expect((REPO / file).exists(), f"{path.name} names {file}, which is not there")
    expect(path.parent.name not in ("docker", "apptainer") or "/dev/shm" in text, f"{path.name} says nothing of /dev/shm")
print("\n".join(wrong) or "packaging/ fits the project")
sys.exit(bool(wrong))

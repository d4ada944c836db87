#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The files of packaging/ and CITATION.cff as far as they can be read without their programs: valid Python, names of options and files that exist; that
all of them, CHANGELOG.md and `tusk --version` have the version of the project; and that the packages of the Dockerfile's image bring every library that
tusk needs.

packaging.py [TUSK]      (a program that is built with no more than an image has)
"""
import pathlib
import re
import subprocess
import sys
import types

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
# "Unreleased" stands before the versions that were released, all older than the project's; a release has its own in its place.
headings = re.findall(r"^## (.*)$", (REPO / "CHANGELOG.md").read_text(), re.M)
parts = [tuple(map(int, heading.split()[0].split("."))) for heading in headings if heading != "Unreleased"]
mine = tuple(map(int, version.split(".")))
expect(headings.count("Unreleased") == (headings[0] == "Unreleased"), f"CHANGELOG.md begins with '{headings[0]}' and has 'Unreleased' elsewhere")
expect(parts == sorted(set(parts), reverse=True), f"CHANGELOG.md's versions are not in order: {headings}")
expect(parts[0] < mine if headings[0] == "Unreleased" else parts[0] == mine,
       f"CHANGELOG.md begins with {headings[:2]}, and CMakeLists.txt has version {version}")
pins = set(re.findall(r"\b(v|tusk-)(\d+\.\d+\.\d+)\b", (REPO / "packaging/README.md").read_text()))
expect(pins == {("v", version), ("tusk-", version)}, f"packaging/README.md names {sorted(map(''.join, pins))}, not v{version} and tusk-{version}")
easyconfigs = list((REPO / "packaging/easybuild").glob("*.eb"))
expect([path.name.split("-")[1] for path in easyconfigs] == [version], f"the easyconfig is not named by version {version}: {easyconfigs}")
for path in easyconfigs:
    said = {}
    exec(path.read_text(), {"SOURCE_TAR_GZ": "%(name)s-%(version)s.tar.gz"}, said)
    expect({"easyblock", "name", "version", "toolchain", "sources"} <= set(said), f"{path.name} lacks something")
    expect(said["version"] == version, f"the easyconfig is not of version {version}")
    expect(set(re.findall(r"-D(TUSK_\w+)=", said["configopts"])) <= options, f"{path.name} sets unknown options: {said['configopts']}")


class Recipe:
    """Stands for Spack, from 1.0 on: notes the directives of packaging/spack's recipe, which it executes."""

    def __init__(self):
        self.said = []
        self.CMakePackage = type("CMakePackage", (), {
            "define": staticmethod(lambda name, value: f"-D{name}={'ON' if value else 'OFF'}"),
            "define_from_variant": lambda _, name, variant: f"-D{name}:of:{variant}"})

    def directive(self, name):
        return lambda *words, **more: self.said.append((name, words, more))

    def read(self, path):
        package = types.ModuleType("spack.package")
        package.__all__ = ["license", "version", "variant", "depends_on", "conflicts"]
        cmake = types.ModuleType("spack_repo.builtin.build_systems.cmake")
        cmake.CMakePackage, cmake.generator = self.CMakePackage, self.directive("generator")
        for name in package.__all__:
            setattr(package, name, self.directive(name))
        for name in ("spack", "spack_repo", "spack_repo.builtin", "spack_repo.builtin.build_systems"):
            sys.modules[name] = types.ModuleType(name)
        sys.modules |= {package.__name__: package, cmake.__name__: cmake}
        names = {"__file__": str(path), "__name__": "recipe"}
        exec(compile(path.read_text(), str(path), "exec"), names)
        return names["Tusk"]

    def words(self, name):
        return [words[0] for said, words, _ in self.said if said == name]


recipe = Recipe()
spack = REPO / "packaging/spack/spack_repo/tusk"
tusk = recipe.read(spack / "packages/tusk/package.py")
expect(tusk.git == f"file://{REPO}", f"Spack's recipe is built from {tusk.git} and not from the repository that it stands in")
expect(set(re.findall(r"TUSK_\w+", " ".join(tusk().cmake_args()))) <= options, f"Spack's recipe sets unknown options: {tusk().cmake_args()}")
versions = {words[0]: more for said, words, more in recipe.said if said == "version"}
expect(versions == {"main": {"branch": "main"}, version: {"tag": f"v{version}"}}, f"Spack's recipe has other versions than main and {version}: {versions}")
expect("api: v2.0" in (spack / "repo.yaml").read_text(), "Spack's repository does not say which API its recipe is written for")
found = {re.split("[@ ]", word)[0] for word in recipe.words("depends_on")}
needs = {"MPI": "mpi", "HDF5": "hdf5", "Eigen3": "eigen", "CLI11": "cli11", "nlohmann_json": "nlohmann-json", "fmt": "fmt", "ZLIB": "zlib-api",
         "LibLZMA": "xz", "PkgConfig": "pkgconfig", "Threads": None, "tomlplusplus": "tomlplusplus"}
for library in re.findall(r"find_package\((\w+)", (REPO / "cmake/Dependencies.cmake").read_text()):
    expect(library in needs and needs[library] in found | {None}, f"Spack's recipe does not depend on {library} (cmake/Dependencies.cmake)")
for path in [path for path in (REPO / "packaging").rglob("*") if path.is_file()]:
    text = path.read_text()
    for option in set(re.findall(r"\bTUSK_[A-Z_]+", text)):
        expect(option in options, f"{path.name} sets {option}, which is no option of CMakeLists.txt")
    for file in set(re.findall(r"\b(?:scripts|packaging)/[\w./-]+\w", text)):
        expect((REPO / file).exists(), f"{path.name} names {file}, which is not there")
    expect(path.parent.name not in ("docker", "apptainer") or "/dev/shm" in text, f"{path.name} says nothing of /dev/shm")


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def with_what_they_need(packages):
    """These of Debian's packages, and all that they depend on, as they are installed here."""
    lines = output("dpkg-query", "-W", "-f", "${Package}|${Pre-Depends}, ${Depends}\n").splitlines()
    needs = {name: re.findall(r"(?:^|[,|])\s*([a-z0-9+.-]+)", more) for name, _, more in (line.partition("|") for line in lines)}
    found, ahead = set(), list(packages)
    while ahead:
        name = ahead.pop()
        if name not in found and name in needs:
            found.add(name)
            ahead += needs[name]
    return found


if len(sys.argv) > 1:
    said = output(sys.argv[1], "--version")
    expect(said.startswith(f"tusk {version} ("), f"tusk --version says '{said.strip()}', and CMakeLists.txt has version {version}")
    dockerfile = (REPO / "packaging/docker/Dockerfile").read_text()
    release = re.search(r"^FROM debian:(\d+)$", dockerfile, re.M).group(1)
    if f'VERSION_ID="{release}"' not in pathlib.Path("/etc/os-release").read_text():
        print(f"this is not Debian {release}: what libraries its packages bring is not looked at")
    else:
        image = re.search(r"apt-get install .*?\\\n\s+([a-z].*?) \\\n", dockerfile).group(1).split()
        libraries = re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-d", sys.argv[1]))
        owners = [(names.split(":")[0], path.rsplit("/", 1)[-1]) for names, _, path in
                  (line.partition(": ") for line in output("dpkg-query", "-S", *(f"*/{name}" for name in libraries)).splitlines())]
        expect(len(libraries) >= 5, f"{sys.argv[1]} needs only {libraries}")
        there = with_what_they_need(image)
        for library in libraries:
            brings = {package for package, file in owners if file == library}
            expect(brings & there, f"the Dockerfile's image has no {library}, which tusk needs and {' or '.join(brings)} brings")
print("\n".join(wrong) or "packaging/ fits the project")
sys.exit(bool(wrong))

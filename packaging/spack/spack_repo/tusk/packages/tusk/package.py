# SPDX-License-Identifier: Apache-2.0
# For Spack 1.0 and newer.
import os

from spack_repo.builtin.build_systems.cmake import CMakePackage, generator

from spack.package import *


class Tusk(CMakePackage):
    """Asynchronous distributed training of neural networks on MPI clusters."""

    # Built from the repository that this recipe stands in.
    git = "file://" + os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 6))

    license("Apache-2.0")

    version("main", branch="main")
    version("0.2.0", tag="v0.2.0")

    variant("native", default=False, description="-march=native beyond Spack's target, for the building machine's CPU alone")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")

    depends_on("mpi@3.1:")
    depends_on("hdf5@1.10: +mpi")
    depends_on("eigen@3.4")
    depends_on("cli11@2:")
    depends_on("tomlplusplus@3:")
    depends_on("nlohmann-json@3.11:")
    depends_on("fmt@9:")
    depends_on("random123")
    depends_on("zlib-api")
    depends_on("xz")

    conflicts("%gcc@:11", msg="Tusk is C++20 as GCC 12 has it")

    generator("ninja")

    def cmake_args(self):
        return [
            self.define_from_variant("TUSK_NATIVE", "native"),
            self.define("TUSK_UNITY", True),
            self.define("TUSK_BUILD_TESTS", False),
            self.define("TUSK_BUILD_BENCH", False),
        ]

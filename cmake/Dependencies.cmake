# SPDX-License-Identifier: Apache-2.0
# Every dependency is a package of Debian 12; nothing is downloaded. README.md says why each is here.
find_package(MPI REQUIRED COMPONENTS C)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(fmt REQUIRED)
find_package(ZLIB REQUIRED)
find_package(LibLZMA REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2 REQUIRED)
find_package(Threads REQUIRED)

# toml++ as Debian has it, a library that pkg-config finds, or as Spack and EasyBuild do, headers that CMake finds.
find_package(PkgConfig REQUIRED)
pkg_check_modules(TOMLPLUSPLUS QUIET IMPORTED_TARGET tomlplusplus)
add_library(tusk_toml INTERFACE)
if(TOMLPLUSPLUS_FOUND)
  target_link_libraries(tusk_toml INTERFACE PkgConfig::TOMLPLUSPLUS)
else()
  find_package(tomlplusplus 3 CONFIG REQUIRED)
  target_link_libraries(tusk_toml INTERFACE tomlplusplus::tomlplusplus)
  set(TOMLPLUSPLUS_VERSION ${tomlplusplus_VERSION})
  get_target_property(TOMLPLUSPLUS_LINK_LIBRARIES tomlplusplus::tomlplusplus IMPORTED_LOCATION)
  if(NOT TOMLPLUSPLUS_LINK_LIBRARIES)
    set(TOMLPLUSPLUS_LINK_LIBRARIES "")
  endif()
endif()

# Parallel HDF5, whichever build of it is the system's default.
set(HDF5_PREFER_PARALLEL ON)
find_package(HDF5 REQUIRED COMPONENTS C)
if(NOT HDF5_IS_PARALLEL)
  message(FATAL_ERROR "HDF5 was found, but without MPI: install libhdf5-openmpi-dev "
                      "(or load the cluster's parallel HDF5 module)")
endif()
add_library(tusk_hdf5_library INTERFACE)
target_include_directories(tusk_hdf5_library SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
target_compile_definitions(tusk_hdf5_library INTERFACE H5_USE_110_API)  # newer libraries keep the old calls
target_link_libraries(tusk_hdf5_library INTERFACE ${HDF5_C_LIBRARIES} MPI::MPI_C)

# Header only: Philox, a counter-based random number generator.
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
add_library(tusk_random123 INTERFACE)
target_include_directories(tusk_random123 SYSTEM INTERFACE ${RANDOM123_INCLUDE_DIR})

if(TUSK_BUILD_TESTS)
  find_path(DOCTEST_INCLUDE_DIR doctest/doctest.h REQUIRED)
  add_library(tusk_doctest INTERFACE)
  target_include_directories(tusk_doctest SYSTEM INTERFACE ${DOCTEST_INCLUDE_DIR})
endif()

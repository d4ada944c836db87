# SPDX-License-Identifier: Apache-2.0
# cmake --install: the program, and what a program of your own is built with: the public headers and one library,
# which find_package(tusk) gives as the target tusk::tusk (docs/extending/).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# All rooms as one archive.
get_property(rooms GLOBAL PROPERTY TUSK_ROOMS)
add_library(tusk_library STATIC)
set_target_properties(tusk_library PROPERTIES OUTPUT_NAME tusk EXPORT_NAME tusk LINKER_LANGUAGE CXX)
foreach(room IN LISTS rooms)
  target_sources(tusk_library PRIVATE $<TARGET_OBJECTS:${room}>)
endforeach()
target_compile_features(tusk_library PUBLIC cxx_std_20)
target_include_directories(tusk_library INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
# What a layer, a rule or an optimizer outside must be compiled with, to round as those inside do.
target_compile_options(tusk_library INTERFACE -ffp-contract=off -fno-math-errno)
if(TUSK_SANITIZE)
  target_compile_options(tusk_library INTERFACE -fsanitize=${TUSK_SANITIZE})
  target_link_options(tusk_library INTERFACE -fsanitize=${TUSK_SANITIZE})
endif()
target_link_libraries(tusk_library
  PUBLIC fmt::fmt  # in tusk/error.hpp
  PRIVATE MPI::MPI_C Threads::Threads ZLIB::ZLIB LibLZMA::LibLZMA)
# What has no package file of CMake's to be found by is named as it was found here.
target_link_libraries(tusk_library INTERFACE ${HDF5_C_LIBRARIES} ${TOMLPLUSPLUS_LINK_LIBRARIES})

install(TARGETS tusk RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS tusk_library EXPORT tusk ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/tusk DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# The man page and what completes command lines, by the program itself: it runs where it is installed. Where it does
# not, as when it was built for another CPU, the installation goes on without them.
function(install_manual KIND FOLDER FILE)
  set(made ${CMAKE_BINARY_DIR}/manual/${KIND})
  install(CODE "
    file(MAKE_DIRECTORY \"${made}\")
    execute_process(COMMAND \"$<TARGET_FILE:tusk>\" manual ${KIND} OUTPUT_FILE \"${made}/${FILE}\" RESULT_VARIABLE code)
    if(code EQUAL 0)
      file(INSTALL \"${made}/${FILE}\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${FOLDER}\")
    else()
      message(WARNING \"tusk does not run here (\${code}): ${FOLDER}/${FILE} is not installed\")
    endif()" COMPONENT manual)
endfunction()
install_manual(man ${CMAKE_INSTALL_MANDIR}/man1 tusk.1)
install_manual(bash ${CMAKE_INSTALL_DATADIR}/bash-completion/completions tusk)
install_manual(zsh ${CMAKE_INSTALL_DATADIR}/zsh/site-functions _tusk)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/tusk)
install(EXPORT tusk NAMESPACE tusk:: DESTINATION ${package} FILE tusk-targets.cmake)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/tusk-config.cmake.in ${CMAKE_BINARY_DIR}/tusk-config.cmake
  INSTALL_DESTINATION ${package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/tusk-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/tusk-config.cmake ${CMAKE_BINARY_DIR}/tusk-config-version.cmake DESTINATION ${package})

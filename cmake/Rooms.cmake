# SPDX-License-Identifier: Apache-2.0
# tusk_room(WING/ROOM [COLD] DEPENDS other rooms LINK libraries): the library tusk_ROOM of src/WING/ROOM/*.cpp.
# COLD is a room whose code runs once in a program's life: optimizing it takes time and saves none.
# The link graph is the table in ARCHITECTURE.md; scripts/check-layering.sh holds the includes to it.
function(tusk_room FOLDER)
  cmake_parse_arguments(ROOM "COLD" "" "DEPENDS;LINK" ${ARGN})
  cmake_path(GET FOLDER FILENAME name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${FOLDER}/*.cpp)
  add_library(tusk_${name} STATIC ${sources})
  list(TRANSFORM ROOM_DEPENDS PREPEND tusk_)
  target_link_libraries(tusk_${name} PUBLIC tusk_compile_options ${ROOM_DEPENDS} ${ROOM_LINK})
  target_compile_options(tusk_${name} PRIVATE ${TUSK_CPU_FLAGS})
  if(ROOM_COLD)
    target_compile_options(tusk_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  # As one source, the room's headers and those of the libraries are read once. What is in unnamed namespaces must
  # therefore have names of its own within the room.
  set_target_properties(tusk_${name} PROPERTIES UNITY_BUILD ${TUSK_UNITY} UNITY_BUILD_BATCH_SIZE 0)
  set_property(GLOBAL APPEND PROPERTY TUSK_ROOMS tusk_${name})
endfunction()

# Test programs take more time to compile than to run. Sanitizers (the only use of RelWithDebInfo) double that, so
# there they are not optimized at all; the rooms that they test are.
set(TUSK_TEST_FLAGS ${TUSK_CPU_FLAGS} $<$<CONFIG:Release>:-O1> $<$<CONFIG:RelWithDebInfo>:-O0>)

# tusk_test(WING/ROOM [LINK libraries]): the program ROOM_tests of tests/WING/ROOM/*_test.cpp, in one process;
# *_mpi_test.cpp are for add_mpi_test.
function(tusk_test FOLDER)
  cmake_parse_arguments(T "" "" "LINK" ${ARGN})
  cmake_path(GET FOLDER FILENAME name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${FOLDER}/*_test.cpp)
  list(FILTER sources EXCLUDE REGEX "_mpi_test.cpp$")  # those go to add_mpi_test
  add_executable(${name}_tests ${sources})
  target_link_libraries(${name}_tests PRIVATE tusk_${name} tusk_test_main tusk_test_support ${T_LINK})
  target_compile_options(${name}_tests PRIVATE ${TUSK_TEST_FLAGS})
  set_target_properties(${name}_tests PROPERTIES UNITY_BUILD ${TUSK_UNITY} UNITY_BUILD_BATCH_SIZE 0)
  add_test(NAME ${name} COMMAND ${name}_tests)
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()

# add_mpi_test(NAME RANKS 1 2 4 [SOURCES …] [LINK …] [MCA "key value" …]): one CTest test a rank count.
# The program is built once; a second call with the same PROGRAM runs it with other MCA parameters.
function(add_mpi_test NAME)
  cmake_parse_arguments(T "" "PROGRAM;TIMEOUT" "RANKS;SOURCES;LINK;MCA;ARGS" ${ARGN})
  if(NOT T_PROGRAM)
    set(T_PROGRAM ${NAME}_mpi_tests)
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  if(NOT TARGET ${T_PROGRAM})
    add_executable(${T_PROGRAM} ${T_SOURCES})
    target_link_libraries(${T_PROGRAM} PRIVATE tusk_mpi_test_main tusk_mpi tusk_test_support ${T_LINK})
    target_compile_options(${T_PROGRAM} PRIVATE ${TUSK_TEST_FLAGS})
    set_target_properties(${T_PROGRAM} PROPERTIES UNITY_BUILD ${TUSK_UNITY} UNITY_BUILD_BATCH_SIZE 0)
  endif()
  set(mca "")
  foreach(parameter IN LISTS T_MCA)
    separate_arguments(words UNIX_COMMAND "${parameter}")
    list(APPEND mca --mca ${words})
  endforeach()
  foreach(ranks IN LISTS T_RANKS)
    add_test(NAME ${NAME}_${ranks}
             COMMAND ${CMAKE_SOURCE_DIR}/scripts/mpi-run.sh -n ${ranks} ${mca}
                     $<TARGET_FILE:${T_PROGRAM}> ${T_ARGS})
    set_tests_properties(${NAME}_${ranks} PROPERTIES
      TIMEOUT ${T_TIMEOUT} PROCESSORS ${ranks} ENVIRONMENT "TUSK_TEST_RANKS=${ranks}")
  endforeach()
endfunction()

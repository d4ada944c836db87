# SPDX-License-Identifier: Apache-2.0
# tusk_room(NAME DEPENDS other rooms LINK libraries): the library tusk_NAME of src/NAME/*.cpp.
# The link graph is the picture in ARCHITECTURE.md; scripts/check-layering.sh holds the includes to it.
function(tusk_room NAME)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${NAME}/*.cpp)
  add_library(tusk_${NAME} STATIC ${sources})
  list(TRANSFORM ROOM_DEPENDS PREPEND tusk_)
  target_link_libraries(tusk_${NAME} PUBLIC tusk_options ${ROOM_DEPENDS} ${ROOM_LINK})
  target_compile_options(tusk_${NAME} PRIVATE ${TUSK_CPU_FLAGS})
endfunction()

# tusk_test(ROOM [LINK libraries]): the program ROOM_tests of tests/ROOM/*_test.cpp, in one process;
# *_mpi_test.cpp are for add_mpi_test.
function(tusk_test ROOM)
  cmake_parse_arguments(T "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${ROOM}/*_test.cpp)
  list(FILTER sources EXCLUDE REGEX "_mpi_test.cpp$")  # those go to add_mpi_test
  add_executable(${ROOM}_tests ${CMAKE_SOURCE_DIR}/tests/main.cpp ${sources})
  target_link_libraries(${ROOM}_tests PRIVATE tusk_${ROOM} tusk_test_support ${T_LINK})
  target_compile_options(${ROOM}_tests PRIVATE ${TUSK_CPU_FLAGS})
  add_test(NAME ${ROOM} COMMAND ${ROOM}_tests)
  set_tests_properties(${ROOM} PROPERTIES TIMEOUT 300)
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
    add_executable(${T_PROGRAM} ${CMAKE_SOURCE_DIR}/tests/mpi_main.cpp ${T_SOURCES})
    target_link_libraries(${T_PROGRAM} PRIVATE tusk_mpi tusk_test_support ${T_LINK})
    target_compile_options(${T_PROGRAM} PRIVATE ${TUSK_CPU_FLAGS})
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

# SPDX-License-Identifier: Apache-2.0
# For what Python makes of our files. A distribution's own is preferred, since that is the one its
# python3-h5py is for. The environment's TUSK_PYTHON, when tests run, goes before this one.
find_program(TUSK_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(TUSK_PYTHON python3)

# add_python_test(NAME SCRIPT [REAL_DATA] [PROCESSORS n] [ARGS arguments…]): the CTest test NAME, which runs
# SCRIPT of this folder with ARGS; see tests/python/run.sh. It exits with 77 where it cannot run: without a
# package, or, with REAL_DATA, without a data set that the repository does not have.
function(add_python_test NAME SCRIPT)
  cmake_parse_arguments(T "REAL_DATA" "PROCESSORS" "ARGS" ${ARGN})
  if(NOT T_PROCESSORS)
    set(T_PROCESSORS 1)
  endif()
  set(labels python)
  if(T_REAL_DATA)
    list(APPEND labels real_data)
  endif()
  add_test(NAME ${NAME} COMMAND ${CMAKE_SOURCE_DIR}/tests/python/run.sh ${TUSK_PYTHON}
                                ${CMAKE_CURRENT_SOURCE_DIR}/${SCRIPT} ${T_ARGS})
  set_tests_properties(${NAME} PROPERTIES
    SKIP_RETURN_CODE 77 TIMEOUT 300 PROCESSORS ${T_PROCESSORS} LABELS "${labels}"
    ENVIRONMENT "KERAS_HOME=${CMAKE_BINARY_DIR}/keras")  # Keras writes its settings there
endfunction()

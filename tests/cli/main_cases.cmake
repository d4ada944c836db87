# SPDX-License-Identifier: Apache-2.0
# How tusk::main() ends a job, tried with a command line that fails on purpose.
set(main ${CMAKE_SOURCE_DIR}/src/main.cpp ${CMAKE_SOURCE_DIR}/src/main/main.cpp ${CMAKE_SOURCE_DIR}/src/main/cpu_check.cpp)
add_executable(failing_tusk ${main} failing_run.cpp)
target_link_libraries(failing_tusk PRIVATE tusk_mpi)
function(add_main_test NAME)
  add_cli_test(main_${NAME} PROGRAM failing_tusk COMMAND ${NAME} ${ARGN})
endfunction()

add_main_test(nothing RANKS 0 3 EXIT 0)
add_main_test(requeue RANKS 0 3 EXIT 85)
add_main_test(everywhere RANKS 0 1 3 EXIT 66 STDERR "^tusk: error: rank 0 misses a file$")
add_main_test(on-last RANKS 0 3 EXIT 65 STDERR "^tusk: error: the last rank's data$")
add_main_test(memory RANKS 0 3 EXIT 70 STDERR "^tusk: error: out of memory$")
add_main_test(alone RANKS 0 EXIT 86 STDERR "^tusk: error: the loss is not finite$")
add_main_test(alone RANKS 3 EXIT 86 STDERR "^tusk: error: rank 2: the loss is not finite$")
add_main_test(each-alone RANKS 3 8 EXIT 86 STDERR "^tusk: error: rank [0-7]: the loss is not finite$")
add_main_test(memory-alone RANKS 0 3 EXIT 70 STDERR "out of memory$")
add_main_test(exception-alone RANKS 0 3 EXIT 70 STDERR "a bug$")
add_main_test(number RANKS 0 3 EXIT 70 STDERR "^tusk: error: something was thrown that is no std::exception$")
add_main_test(number-alone RANKS 0 3 EXIT 70 STDERR "something was thrown that is no std::exception$")

# The check of the CPU, for one that has what almost none has (Xeon Phi's own instructions).
add_executable(impossible_tusk ${main} failing_run.cpp)
target_include_directories(impossible_tusk BEFORE PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/impossible_cpu)
target_link_libraries(impossible_tusk PRIVATE tusk_mpi)
add_cli_test(other_cpu PROGRAM impossible_tusk RANKS 0 EXIT 70
             STDERR "this CPU has no avx5124fmaps, .* -DTUSK_NATIVE=OFF$" COMMAND nothing)

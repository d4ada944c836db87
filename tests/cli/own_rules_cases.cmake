# SPDX-License-Identifier: Apache-2.0
# The commands of a program with an optimizer and strategies of its own, on the data that the cases of convert make.
add_executable(own_tusk own_tusk.cpp)
target_link_libraries(own_tusk PRIVATE tusk_main tusk_test_support)
set(own_problem ${CMAKE_CURRENT_SOURCE_DIR}/points.toml --set data.train=${CMAKE_CURRENT_BINARY_DIR}/points.h5
                --set optimizer.name=steady)
function(add_own_test NAME)
  add_cli_test(own_${NAME} PROGRAM own_tusk ${ARGN})
endfunction()

foreach(trainer hermit chorus relay)
  set(own_run ${own_problem} --set "trainer={name=\"${trainer}\"}")
  add_own_test(check_${trainer} RANKS 0 2 EXIT 0 STDOUT "^trainer    ${trainer}, epochs 1, batch size 32$"
               COMMAND check ${own_run} PROPERTIES FIXTURES_REQUIRED points)
  add_own_test(train_${trainer} RANKS 0 2 EXIT 0 COMMAND train ${own_run} PROPERTIES FIXTURES_REQUIRED points)
  add_own_test(simulate_${trainer} RANKS 0 EXIT 0 COMMAND simulate ${own_run} --workers 1 PROPERTIES FIXTURES_REQUIRED points)
endforeach()
add_own_test(optimizer RANKS 0 2 EXIT 0 STDOUT "^optimizer  steady, learning rate 0.1$" COMMAND check ${own_problem}
             PROPERTIES FIXTURES_REQUIRED points)
add_own_test(checked_strategy RANKS 0 3 EXIT 78
             STDERR "^tusk: error: trainer 'relay' stands still for [12] workers and windows of 5$"
             COMMAND train ${own_problem} --set "trainer={name=\"relay\"}" --set optimizer.learning_rate=0
             PROPERTIES FIXTURES_REQUIRED points)
add_own_test(clashing_names RANKS 0 3 EXIT 64 STDERR "^tusk: error: the extensions' optimizer 'sgd' has the name of another$"
             COMMAND info PROPERTIES ENVIRONMENT CLASHING_NAMES=1)

# Tusk itself has neither.
add_cli_test(without_own_optimizer RANKS 0 3 EXIT 78
             STDERR "^tusk: error: --set optimizer.name=steady: key 'optimizer.name': expected one of .sgd., .*, got .steady.$"
             COMMAND train ${own_problem})
add_cli_test(without_own_strategy RANKS 0 3 EXIT 78
             STDERR "^tusk: error: --set trainer.name=relay: key 'trainer.name': expected one of .single., .*, got .relay.$"
             COMMAND train ${CMAKE_CURRENT_SOURCE_DIR}/points.toml --set trainer.name=relay)

# SPDX-License-Identifier: Apache-2.0
# simulate, on the data that the cases of convert make.
set(problem ${CMAKE_CURRENT_SOURCE_DIR}/points.toml --set data.train=${CMAKE_CURRENT_BINARY_DIR}/points.h5)
function(add_simulate_test NAME)
  add_cli_test(simulate_${NAME} RANKS 0 ${ARGN} PROPERTIES FIXTURES_REQUIRED points)
endfunction()

add_simulate_test(table EXIT 0 STDOUT "^ +2  val_accuracy [0-9.]+ .* s +[0-9.]+ " COMMAND simulate ${problem} --workers 1,2)
add_simulate_test(stopped_early EXIT 0 STDOUT "^ +1  .* s +(0.9[0-9]|1.0[0-9]) "
                  COMMAND simulate ${problem} --workers 1 --set trainer.epochs=50 --set callbacks.target_loss=1e9)
add_simulate_test(slow_worker EXIT 78 STDERR "debug.slow.worker = 1, but the last of 1 worker is 0$"
                  COMMAND simulate ${problem} --workers 2,1 --set debug.slow={worker=1,factor=2})
add_simulate_test(too_many EXIT 64 STDERR "--workers: .*32001.*32000" COMMAND simulate ${problem} --workers 32001)
add_simulate_test(twice EXIT 64 STDERR "--workers: 2 stands there twice; a sweep runs each number once$"
                  COMMAND simulate ${problem} --workers 1,2,3,2)
add_simulate_test(timing_only EXIT 0 STDOUT "^ +2  - " COMMAND simulate ${problem} --workers 2 --timing-only --csv table.csv)
add_simulate_test(csv_nowhere EXIT 73 STDERR "/dev/null/t.csv: cannot be created: there is no folder /dev/null$"
                  COMMAND simulate ${problem} --workers 1 --csv /dev/null/t.csv)
add_simulate_test(like_nothing EXIT 66 STDERR "none/experiment.toml" COMMAND simulate ${problem} --workers 2 --like none)
file(READ points.toml flat)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/of_tree/experiment.toml "${flat}\n[server]\ntopology = \"tree\"\nranks_per_node = 3\n")
add_simulate_test(like_tree EXIT 78 STDERR "--like .*of_tree: it is the run of a tree of centers, of whose relays"
                  COMMAND simulate ${problem} --workers 2 --like ${CMAKE_CURRENT_BINARY_DIR}/of_tree)
set(tree ${CMAKE_CURRENT_BINARY_DIR}/simulated_tree)
add_cli_test(simulate_tree RANKS 0 EXIT 0 STDOUT "^ +2  val_accuracy"
             COMMAND simulate ${problem} --workers 2 --set server.topology=tree --set server.ranks_per_node=2 --run-dir ${tree} --overwrite
             PROPERTIES FIXTURES_REQUIRED points FIXTURES_SETUP simulated_tree)
add_cli_test(inspect_tree RANKS 0 EXIT 0 STDOUT "^[0-9,]+ steps of 2 workers in .* commits, staleness .*; 2 nodes, [0-9,]+ exchanges of their relays$"
             COMMAND inspect ${tree}/history.h5 PROPERTIES FIXTURES_REQUIRED simulated_tree)
add_cli_test(inspect_node RANKS 0 EXIT 0 STDOUT "^[0-9,]+ steps of 1 workers in "
             COMMAND inspect ${tree}/history/node-001.h5 PROPERTIES FIXTURES_REQUIRED simulated_tree)

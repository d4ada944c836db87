# SPDX-License-Identifier: Apache-2.0
# Streaming that fails in the middle of an epoch, on one rank of several: one line, and nobody hangs.
set(gap ${CMAKE_CURRENT_BINARY_DIR}/gap.csv)
set(rows "x,y\n")
foreach(x RANGE 1 400)
  string(APPEND rows "0.${x},1\n")
endforeach()
string(APPEND rows ",1\n")
file(WRITE ${gap} ${rows})
add_cli_test(convert_gap RANKS 0 EXIT 0 COMMAND convert ${gap} --label y --overwrite -o ${CMAKE_CURRENT_BINARY_DIR}/gap.h5
             PROPERTIES FIXTURES_SETUP gap)
set(streamed train ${CMAKE_CURRENT_SOURCE_DIR}/diverging.toml --set data.train=${CMAKE_CURRENT_BINARY_DIR}/gap.h5
             --set optimizer.learning_rate=0.001 --set trainer.epochs=3 --set trainer.name=single)
set(ensemble_options --set trainer.members=4)
foreach(trainer single downpour easgd ensemble)
  add_cli_test(streaming_gap_${trainer} RANKS 0 3 EXIT 65
               STDERR "^tusk: error: .*gap.h5: data set 'features' has nan in row 400, column 0"
               COMMAND ${streamed} --set data.memory_limit=512B --set trainer.name=${trainer} ${${trainer}_options}
               PROPERTIES FIXTURES_REQUIRED gap)
endforeach()
add_cli_test(streaming_too_small RANKS 0 3 EXIT 78 STDERR "^tusk: error: .*gap.h5: data.memory_limit = \"10 B\" is too small"
             COMMAND ${streamed} --set data.memory_limit=10B PROPERTIES FIXTURES_REQUIRED gap)
add_cli_test(streaming_no_such_size RANKS 0 3 EXIT 78 STDERR "^tusk: error: .*expected a size, as in \"4 GiB\", got \"plenty\""
             COMMAND ${streamed} --set data.memory_limit=plenty PROPERTIES FIXTURES_REQUIRED gap)
add_cli_test(streaming_no_match RANKS 0 3 EXIT 66 STDERR "^tusk: error: .*no-\\*.h5: no file matches"
             COMMAND ${streamed} --set data.train=no-*.h5)

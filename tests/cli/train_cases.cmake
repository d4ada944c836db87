# SPDX-License-Identifier: Apache-2.0
# Training in which every worker diverges at its first steps, each by itself: one line all the same.
set(line ${CMAKE_CURRENT_BINARY_DIR}/line.csv)
set(rows "x,y\n")
foreach(x RANGE 1 400)
  string(APPEND rows "${x},1\n")
endforeach()
file(WRITE ${line} ${rows})
add_cli_test(convert_line RANKS 0 EXIT 0 COMMAND convert ${line} --label y --overwrite -o ${CMAKE_CURRENT_BINARY_DIR}/line.h5
             PROPERTIES FIXTURES_SETUP line)
function(add_diverging_test TRAINER)
  add_cli_test(diverging_${TRAINER} RANKS 4 EXIT 86 STDERR "^tusk: error: rank [0-3]: .*(NaN|nan|inf)"
               COMMAND train ${CMAKE_CURRENT_SOURCE_DIR}/diverging.toml --set data.train=${CMAKE_CURRENT_BINARY_DIR}/line.h5
                       --set trainer.name=${TRAINER} ${ARGN} PROPERTIES FIXTURES_REQUIRED line)
endfunction()
foreach(trainer downpour aeasgd easgd averaging sync_sgd)
  add_diverging_test(${trainer})
endforeach()
add_diverging_test(ensemble --set trainer.members=4)

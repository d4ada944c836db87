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

# Folds, by the command line and by the experiment.
set(check_folds COMMAND check ${CMAKE_CURRENT_SOURCE_DIR}/diverging.toml --set data.train=${CMAKE_CURRENT_BINARY_DIR}/line.h5
                --set trainer.name=downpour)
add_cli_test(fold RANKS 0 2 EXIT 0 STDOUT "320 samples of \\(1,\\) to train, 80 to validate" ${check_folds} --fold 2/5
             PROPERTIES FIXTURES_REQUIRED line)
add_cli_test(fold_of_none RANKS 0 2 EXIT 78 STDERR "^tusk: error: data.fold = \"6/5\": expected \"1/5\" to \"5/5\"" ${check_folds}
             --fold 6/5 PROPERTIES FIXTURES_REQUIRED line)
add_cli_test(fold_and_share RANKS 0 EXIT 78 STDERR "key 'data.fold' cannot be given together with 'data.validation_split'" ${check_folds}
             --fold 1/5 --set data.validation_split=0.1 PROPERTIES FIXTURES_REQUIRED line)
add_cli_test(group_not_there RANKS 0 2 EXIT 65 STDERR "line.h5: there is no data set 'event'" ${check_folds}
             --fold 1/5 --set data.validation_group=event PROPERTIES FIXTURES_REQUIRED line)

# SPDX-License-Identifier: Apache-2.0
# Data with an index that an embedding has no row for: by every command the row of the file is named, once.
set(folder ${CMAKE_CURRENT_BINARY_DIR})
foreach(last IN ITEMS 399 400)
  set(rows "x,y\n")
  foreach(x RANGE 1 ${last})
    string(APPEND rows "${x},1\n")
  endforeach()
  file(WRITE ${folder}/indices${last}.csv ${rows})
  add_cli_test(convert_indices${last} RANKS 0 EXIT 0
               COMMAND convert ${folder}/indices${last}.csv --label y --overwrite -o ${folder}/indices${last}.h5
               PROPERTIES FIXTURES_SETUP indices)
endforeach()
set(train train ${CMAKE_CURRENT_SOURCE_DIR}/indices.toml --set data.train=${folder}/indices400.h5)
set(no_row "indices400.h5: data set 'features', row 399: 400 in column 0 is no index of the model's embedding, whose 400 rows count from 0$")
set(with_indices PROPERTIES FIXTURES_REQUIRED indices)
add_cli_test(indices_train RANKS 0 EXIT 65 STDERR "^tusk: error: [^:]*${no_row}" COMMAND ${train} --set trainer.name=single ${with_indices})
add_cli_test(indices_train_distributed RANKS 4 EXIT 65 STDERR "^tusk: error: [^:]*${no_row}" COMMAND ${train} ${with_indices})
add_cli_test(indices_stream RANKS 0 EXIT 65 STDERR "^tusk: error: .*${no_row}"
             COMMAND ${train} --set trainer.name=single --set data.memory_limit=512B ${with_indices})
add_cli_test(indices_simulate RANKS 0 EXIT 65 STDERR "^tusk: error: [^:]*${no_row}"
             COMMAND simulate ${CMAKE_CURRENT_SOURCE_DIR}/indices.toml --set data.train=${folder}/indices400.h5 --workers 3 ${with_indices})

# A model of other data, which have none.
add_cli_test(indices_model RANKS 0 EXIT 0
             COMMAND train ${CMAKE_CURRENT_SOURCE_DIR}/indices.toml --set data.train=${folder}/indices399.h5
                     --set trainer.name=single --run-dir ${folder}/indices --overwrite
             PROPERTIES FIXTURES_REQUIRED indices FIXTURES_SETUP indices_model)
foreach(command evaluate predict)
  set(evaluate_options "")
  set(predict_options -o out.h5)
  add_cli_test(indices_${command} RANKS 0 3 EXIT 65 STDERR "^tusk: error: .*${no_row}"
               COMMAND ${command} ${folder}/indices/model.h5 ${folder}/indices400.h5 ${${command}_options}
               PROPERTIES FIXTURES_REQUIRED indices_model)
endforeach()

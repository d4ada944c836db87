# SPDX-License-Identifier: Apache-2.0
# An experiment that cannot be read, by every command that reads one.
set(good ${CMAKE_CURRENT_SOURCE_DIR}/points.toml)
foreach(command check train)
  add_cli_test(${command}_missing_experiment RANKS 0 3 EXIT 66 STDERR "error: cannot open missing.toml: No such file"
               COMMAND ${command} missing.toml)
  add_cli_test(${command}_directory RANKS 0 3 EXIT 74 STDERR "error: cannot read /: Is a directory" COMMAND ${command} /)
  add_cli_test(${command}_syntax_error RANKS 0 3 EXIT 78 STDERR "syntax_error.toml:4:[0-9]+: syntax error: "
               COMMAND ${command} ${CMAKE_CURRENT_SOURCE_DIR}/syntax_error.toml)
  add_cli_test(${command}_unknown_key RANKS 0 3 EXIT 78
               STDERR "unknown_key.toml:18:1: unknown key 'trainer.epoch'.*did you mean 'epochs'"
               COMMAND ${command} ${CMAKE_CURRENT_SOURCE_DIR}/unknown_key.toml)
  add_cli_test(${command}_misspelt_value RANKS 0 3 EXIT 78
               STDERR "--set model.loss=msee: key 'model.loss': .*did you mean 'mse'"
               COMMAND ${command} ${good} --set model.loss=msee)
  add_cli_test(${command}_out_of_range RANKS 0 3 EXIT 78
               STDERR "--set trainer.epochs=0: key 'trainer.epochs': expected an integer"
               COMMAND ${command} ${good} --set trainer.batch_size=1 --set trainer.epochs=0)
  add_cli_test(${command}_set_without_key RANKS 0 3 EXIT 64 STDERR "--set =3: expected a key and a value"
               COMMAND ${command} ${good} --set =3)
  add_cli_test(${command}_missing_data RANKS 0 3 EXIT 66 STDERR "error: cannot open points.h5: No such file" COMMAND ${command} ${good})
endforeach()

# One that can be trained, on the data that the cases of convert make.
set(set_data --set data.train=${CMAKE_CURRENT_BINARY_DIR}/points.h5)
add_cli_test(check RANKS 0 3 EXIT 0 STDOUT "^points can be trained$" COMMAND check ${good} ${set_data}
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_summary RANKS 0 EXIT 0 STDOUT "^data .*points.h5: 2 samples of \\(2,\\) to train, 1 to validate$"
             COMMAND check ${good} ${set_data} PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_transforms RANKS 0 3 EXIT 0 STDOUT "^transform  standard: "
             COMMAND check ${good} ${set_data} --set "data.transforms=[{type=\"standard\"}]" PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_reach RANKS 0 3 EXIT 0 STDOUT "^reach      windows of [12] workers? may go all the way to an optimum$"
             COMMAND check ${good} ${set_data} --set trainer.name=async_local_sgd PROPERTIES FIXTURES_REQUIRED points)
# What exchanges would cost: measured, with the workers of this job or others, and as the experiment says of the machine.
add_cli_test(check_exchanges RANKS 3 EXIT 0 STDOUT "^exchange   2 workers on a node, 144 B an exchange, a step of .* the node's memory .* allows [0-9.]+% of what"
             COMMAND check ${good} ${set_data} PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_exchanges_of_many RANKS 0 EXIT 0 STDOUT "^exchange   2 workers on a node, 144 B an exchange"
             COMMAND check ${good} ${set_data} --workers 2 PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_exchanges_as_told RANKS 0 3 EXIT 0
             STDOUT "^exchange   4,096 workers on 32 nodes, 48 B an exchange, a step of 1 ms: 1 server of 1 kB/s allows 0.001%"
             COMMAND check ${good} ${set_data} --workers 4096 --nodes 32 --set "simulate={memory_bandwidth=3e11,bandwidth=1000}"
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_no_workers RANKS 0 EXIT 64 STDERR "--workers" COMMAND check ${good} --workers 0)
# What can be trained, and should not be.
add_cli_test(check_short_reach RANKS 0 2 EXIT 0 STDERR "warning: windows of [12] workers? may go 0.2[0-9] of the way to an optimum at most"
             COMMAND check ${good} ${set_data} --set "trainer={name=\"diloco\",outer_learning_rate=5}" PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_lone_softmax RANKS 0 3 EXIT 0 STDERR "warning: model.layers: the last layer has one output and ends in 'softmax', which is 1"
             COMMAND check ${good} ${set_data} --set model.layers.0.units=1 --set model.loss=mse --set "model.metrics=[]"
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_sigmoid_classes RANKS 0 EXIT 0 STDERR "warning: model.loss = 'categorical_crossentropy' .*'sigmoid', which gives each by itself"
             COMMAND check ${good} ${set_data} --set model.layers.0.activation=sigmoid PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_shared_rows RANKS 0 3 EXIT 0 STDERR "warning: 100 % of the validation rows are training rows, too"
             COMMAND check ${good} ${set_data} --set data.validation_split=0 --set data.validation=${CMAKE_CURRENT_BINARY_DIR}/points.h5
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_shared_test_rows RANKS 0 3 EXIT 0 STDERR "warning: 100 % of the test rows are training rows, too"
             COMMAND check ${good} ${set_data} --set data.validation_split=0 --set data.test=${CMAKE_CURRENT_BINARY_DIR}/points.h5
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_weightless RANKS 0 3 EXIT 78 STDERR "model.class_weight: every class has the weight 0: no row would count"
             COMMAND check ${good} ${set_data} --set "model.class_weight={0=0,1=0}" PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_labels_from_one RANKS 0 3 EXIT 0 STDERR "warning: no training row is of class 0, though rows of all classes from 1 to 2"
             COMMAND check ${good} --set data.train=${CMAKE_CURRENT_BINARY_DIR}/from_one.h5 --set data.validation_split=0 --set model.layers.0.units=3
             PROPERTIES FIXTURES_REQUIRED from_one)
add_cli_test(check_label_reach RANKS 0 3 EXIT 0 STDERR "warning: labels are from 1 to 2, but the model's last layer ends in 'sigmoid', which gives numbers from 0 to 1 alone"
             COMMAND check ${good} --set data.train=${CMAKE_CURRENT_BINARY_DIR}/from_one.h5 --set data.validation_split=0 --set model.layers.0.units=1
                     --set model.layers.0.activation=sigmoid --set model.loss=mse --set "model.metrics=[]"
             PROPERTIES FIXTURES_REQUIRED from_one)
add_cli_test(check_one_label RANKS 0 3 EXIT 0 STDERR "warning: every training row has the label 1: there is nothing to tell apart"
             COMMAND check ${good} --set data.train=${CMAKE_CURRENT_BINARY_DIR}/one_class.h5 --set data.validation_split=0
             PROPERTIES FIXTURES_REQUIRED one_class)
add_cli_test(check_label_beyond RANKS 0 3 EXIT 65 STDERR "has 2 in row 1.*classes are 0 to 1 .labels that count from 1 are to be lowered by 1.$"
             COMMAND check ${good} --set data.train=${CMAKE_CURRENT_BINARY_DIR}/from_one.h5 --set data.validation_split=0
             PROPERTIES FIXTURES_REQUIRED from_one)
add_cli_test(check_constant RANKS 0 3 EXIT 0 STDERR "warning: data.transforms.0 .standard.: 1 of 2 columns has the same number in every training row: column 1 .y."
             COMMAND check ${good} --set data.train=${CMAKE_CURRENT_BINARY_DIR}/from_one.h5 --set data.validation_split=0 --set model.layers.0.units=3
                     --set "data.transforms=[{type=\"standard\"}]"
             PROPERTIES FIXTURES_REQUIRED from_one)
add_cli_test(check_transform_column RANKS 0 3 EXIT 78 STDERR "'data.transforms.0.columns' \\(clip\\): there is no column 2: the columns are 0 to 1"
             COMMAND check ${good} ${set_data} --set "data.transforms=[{type=\"clip\", low=0, columns=[2]}]"
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_too_narrow RANKS 0 3 EXIT 78 STDERR "model.loss .* at least 2" COMMAND check ${good} ${set_data} --set model.layers.0.units=1
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_no_dataset RANKS 0 3 EXIT 65 STDERR "points.h5.*'lable'.*" COMMAND check ${good} ${set_data} --set data.label=lable
             PROPERTIES FIXTURES_REQUIRED points)

# Servers that leave nobody to work, or are more than there are parameters. One rank alone can check what it cannot train.
add_cli_test(check_shards RANKS 0 3 EXIT 0 STDOUT "^points can be trained$" COMMAND check ${good} ${set_data} --set server.shards=2
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_shards_of_all_ranks RANKS 2 EXIT 78 STDERR "server.shards = 2 needs at least 3 ranks, 2 servers and a worker, but the job has 2"
             COMMAND check ${good} ${set_data} --set server.shards=2 PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(train_shards_of_all_ranks RANKS 0 2 EXIT 78 STDERR "server.shards = 2 needs at least 3 ranks, 2 servers and a worker, but the job has [12]"
             COMMAND train ${good} ${set_data} --set server.shards=2 PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_shards_of_no_parameters RANKS 0 EXIT 78 STDERR "server.shards = 7, but the model has 6 parameters to train: at least one a shard is needed"
             COMMAND check ${good} ${set_data} --set server.shards=7 PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_shared_shards RANKS 0 3 EXIT 78 STDERR "server.shards = 2 needs server.transport = .rma. or .message."
             COMMAND check ${good} ${set_data} --set server.shards=2 --set server.transport=shared PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(check_no_shards RANKS 0 EXIT 78 STDERR "key 'server.shards': expected an integer in \\[1, 1024\\], got 0"
             COMMAND check ${good} ${set_data} --set server.shards=0 PROPERTIES FIXTURES_REQUIRED points)

# SPDX-License-Identifier: Apache-2.0
add_cli_test(predict_nothing RANKS 0 3 EXIT 64 STDERR "DATA.h5 is required, or --stream" COMMAND predict model.h5)
add_cli_test(predict_no_output RANKS 0 EXIT 64 STDERR "--output is required" COMMAND predict model.h5 data.h5)
add_cli_test(predict_no_name RANKS 0 EXIT 64 STDERR "--copy: expected the name of a data set, got '\\.'"
             COMMAND predict model.h5 data.h5 -o o.h5 --copy label,.)
add_cli_test(predict_no_model RANKS 0 3 EXIT 66 STDERR "model.h5: No such file" COMMAND predict model.h5 data.h5 -o o.h5)
add_cli_test(stream_no_model RANKS 0 EXIT 66 STDERR "model.h5: No such file" COMMAND predict model.h5 --stream)
add_cli_test(stream_with_output RANKS 0 EXIT 64 STDERR "no --output" COMMAND predict model.h5 --stream -o out.h5)
add_cli_test(stream_several_ranks RANKS 3 EXIT 64 STDERR "--stream runs on one rank" COMMAND predict model.h5 --stream)
add_cli_test(stream_wait_without_unit RANKS 0 EXIT 64 STDERR "--max-wait.*unit" COMMAND predict m.h5 --stream --max-wait 50)
add_cli_test(evaluate_unknown_loss RANKS 0 3 EXIT 64 STDERR "--loss mea: key 'loss': expected one of .*, got .mea.; did you mean 'mse'\\?$"
             COMMAND evaluate model.h5 data.h5 --loss mea)

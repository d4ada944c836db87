# SPDX-License-Identifier: Apache-2.0
add_cli_test(no_command RANKS 0 3 EXIT 64 STDERR "error: which command\\? \\(see tusk --help\\)")
add_cli_test(unknown_command RANKS 0 3 EXIT 64 STDERR "'tain'; did you mean 'train'\\?" COMMAND tain x.toml)
add_cli_test(unknown_option RANKS 0 3 EXIT 64 STDERR "not expected: --jason \\(see tusk info --help\\)"
             COMMAND info --jason)
add_cli_test(missing_argument RANKS 0 3 EXIT 64 STDERR "EXPERIMENT.toml is required" COMMAND train)
add_cli_test(argument_too_many RANKS 0 EXIT 64 STDERR "not expected: y.toml" COMMAND check x.toml y.toml)
add_cli_test(set_without_value RANKS 0 EXIT 64 STDERR "--set: 1 required KEY=VALUE missing"
             COMMAND check x.toml --set)

add_cli_test(help RANKS 0 3 EXIT 0 STDOUT "mpirun -n 5 tusk train" COMMAND --help)
add_cli_test(version RANKS 0 3 EXIT 0 STDOUT "^tusk [0-9]+\\.[0-9]+\\.[0-9]+ \\(.+\\)$" COMMAND --version)
foreach(command train evaluate predict convert inspect export check submit status cancel fetch info manual)
  add_cli_test(help_${command} RANKS 0 EXIT 0 STDOUT "^  (mpirun -n [0-9]+ )?tusk ${command} " COMMAND ${command} --help)
endforeach()

add_cli_test(info RANKS 0 3 EXIT 0 STDOUT "^transports +shared, rma, message$" COMMAND info)
add_cli_test(info_json RANKS 0 3 EXIT 0 STDOUT "\"version\": \"" COMMAND info --json)

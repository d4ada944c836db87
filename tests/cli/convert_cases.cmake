# SPDX-License-Identifier: Apache-2.0
# convert, and inspect of what it wrote.
set(points ${CMAKE_CURRENT_SOURCE_DIR}/points.csv)
set(converted ${CMAKE_CURRENT_BINARY_DIR}/points.h5)
add_cli_test(convert RANKS 0 EXIT 0 STDOUT "^converted 3 rows of \\(2,\\) float32, 2 classes: .*points.h5$"
             COMMAND convert ${points} --label kind --overwrite -o ${converted}
             PROPERTIES FIXTURES_SETUP points)
add_cli_test(convert_on_ranks RANKS 3 EXIT 0 STDOUT "^converted 3 rows of \\(1,\\) float64, no labels: out.h5$"
             COMMAND convert ${points} --drop kind,1 --type float64 -o out.h5)
add_cli_test(convert_existing RANKS 0 3 EXIT 73 STDERR "points.h5 exists already; --overwrite replaces it$"
             COMMAND convert ${points} --drop kind -o ${converted}
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(convert_nowhere RANKS 0 3 EXIT 73 STDERR "/dev/null/out.h5" COMMAND convert ${points} --drop kind -o /dev/null/out.h5)
add_cli_test(convert_missing RANKS 0 3 EXIT 66 STDERR "error: none.csv does not exist$" COMMAND convert none.csv -o out.h5)
add_cli_test(convert_directory RANKS 0 EXIT 66 STDERR "error: the folder / holds no .npy files" COMMAND convert / -o out.h5)
add_cli_test(convert_text_column RANKS 0 3 EXIT 65 STDERR "points.csv, line 2: column 'kind' holds \"left\""
             COMMAND convert ${points} -o out.h5)
add_cli_test(convert_ragged RANKS 0 3 EXIT 65 STDERR "ragged.csv, line 3: 1 columns, but the first row has 2. '--bad-rows skip' leaves such rows out$"
             COMMAND convert ${CMAKE_CURRENT_SOURCE_DIR}/ragged.csv -o out.h5)
add_cli_test(convert_no_output RANKS 0 EXIT 64 STDERR "--output is required" COMMAND convert ${points})
add_cli_test(convert_no_input RANKS 0 EXIT 64 STDERR "INPUT is required" COMMAND convert -o out.h5)
add_cli_test(convert_type RANKS 0 EXIT 64 STDERR "--type: int8 not in {float32,float64}"
             COMMAND convert ${points} --type int8 -o out.h5)
add_cli_test(convert_hdf5 RANKS 0 EXIT 65 STDERR "points.h5 is HDF5 already" COMMAND convert ${converted} -o out.h5
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(convert_libsvm RANKS 0 3 EXIT 0 STDOUT "^converted 2 rows of \\(4,\\) float32, 2 classes: out.h5$"
             COMMAND convert ${CMAKE_CURRENT_SOURCE_DIR}/points.libsvm --libsvm-features 4 -o out.h5)
add_cli_test(convert_libsvm_base RANKS 0 EXIT 64 STDERR "--libsvm-base: 2 not in {0,1}"
             COMMAND convert ${CMAKE_CURRENT_SOURCE_DIR}/points.libsvm --libsvm-base 2 -o out.h5)
add_cli_test(convert_malformed_libsvm RANKS 0 3 EXIT 65
             STDERR "malformed.txt, line 1: \"2:x\" is no pair index:value; a libsvm line is a label and such pairs"
             COMMAND convert ${CMAKE_CURRENT_SOURCE_DIR}/malformed.txt -o out.h5)
add_cli_test(convert_long_delimiter RANKS 0 EXIT 64 STDERR "--delimiter: expected one character, got 'ab'"
             COMMAND convert ${CMAKE_CURRENT_SOURCE_DIR}/points.csv -o never.h5 --delimiter ab)
add_cli_test(convert_malformed_as_csv RANKS 0 EXIT 65 STDERR "no rows below its header, the one column .1 1:0.5 2:x.; --delimiter and --format say what the file is"
             COMMAND convert ${CMAKE_CURRENT_SOURCE_DIR}/malformed.txt --format csv -o out.h5)
add_cli_test(convert_format RANKS 0 3 EXIT 65 STDERR "points.csv is CSV and not IDX$"
             COMMAND convert ${points} --format idx -o out.h5)

add_cli_test(convert_no_name RANKS 0 3 EXIT 64 STDERR "error: --features-name: expected the name of a data set, got '/'"
             COMMAND convert ${points} --drop kind --features-name / -o out.h5)
add_cli_test(convert_same_name RANKS 0 3 EXIT 64 STDERR "the features cannot be data set 'x' and the labels 'x/y'"
             COMMAND convert ${points} --label kind --features-name x --label-name x/y -o out.h5)
add_cli_test(convert_features_called_label RANKS 0 EXIT 0 STDOUT "^converted 3 rows of .*, no labels: out.h5$"
             COMMAND convert ${points} --drop kind --features-name label -o out.h5)

add_cli_test(convert_bad_rows RANKS 0 3 EXIT 0 STDERR "warning: 1 malformed rows were left out; the first: .*ragged.csv, line 3: 1 columns"
             COMMAND convert ${CMAKE_CURRENT_SOURCE_DIR}/ragged.csv --bad-rows skip -o out.h5)
add_cli_test(convert_categories RANKS 0 3 EXIT 0 STDOUT "^converted 3 rows of \\(3,\\) float32, no labels: out.h5$"
             COMMAND convert ${points} --categories kind -o out.h5 --compression gzip:9 --shuffle --seed 7)
add_cli_test(convert_split RANKS 0 3 EXIT 0 STDOUT "^converted 1 rows of .*: out-test.h5$"
             COMMAND convert ${points} --label kind --split train=0.6,test=0.4 -o out.h5)
add_cli_test(convert_repeat RANKS 0 3 EXIT 0 STDOUT "^converted 300 rows of " COMMAND convert ${points} --label kind --repeat 100 -o out.h5)
add_cli_test(convert_group RANKS 0 3 EXIT 0 STDOUT "out-fold2.h5"
             COMMAND convert ${points} --label kind --group y --split 2 --seed 1 -o out.h5)
add_cli_test(convert_group_stratified RANKS 0 EXIT 64 STDERR "--stratify cannot be given together with --group"
             COMMAND convert ${points} --label kind --group y --split 2 --stratify -o out.h5)
add_cli_test(convert_bad_split RANKS 0 3 EXIT 64 STDERR "--split: the fractions add up to 1.5, not to 1"
             COMMAND convert ${points} --split a=1,b=0.5 -o out.h5)
add_cli_test(convert_stratify_alone RANKS 0 EXIT 64 STDERR "--stratify is for --split" COMMAND convert ${points} --stratify -o out.h5)
add_cli_test(convert_bad_compression RANKS 0 3 EXIT 64 STDERR "expected none, gzip or gzip:1 … gzip:9, not 'gzip:10'"
             COMMAND convert ${points} --label kind --compression gzip:10 -o out.h5)

# Files as others write them.
set(others ${CMAKE_CURRENT_BINARY_DIR}/others)
file(WRITE ${others}/pandas.csv "0,1,2\n1.5,2.5,0\n3.5,4.5,1")
file(WRITE ${others}/mixed.csv "0,1,label\n1.5,2.5,s\n3.5,4.5,b")
file(WRITE ${others}/open.csv "0,1,2\n1,2,0\n3,4,1\n")
file(WRITE ${others}/twice.csv "a,label,label\n1,2,0\n3,4,1")
file(WRITE ${others}/index.csv ",a,b,label\n0,1.5,2,0\n1,2.5,3,1\n")
file(WRITE ${others}/blanks.txt "a  b   label\n1  2   0\n3   4  1")
file(WRITE ${others}/commas.csv "a\tlabel\n1,5\t0\n2,5\t1\n")
file(WRITE ${others}/times.csv "when,label\n2020-09-13T12:26:41Z,1\n2020-09-13T12:26:42Z,2\n")
add_cli_test(convert_pandas_header RANKS 0 3 EXIT 0 STDOUT "^converted 2 rows of \\(2,\\) float32, 2 classes: out.h5$"
             STDERR "warning: .*pandas.csv: its first row \\(0, 1, 2\\) is taken for the names of the columns"
             COMMAND convert ${others}/pandas.csv --label 2 -o out.h5)
add_cli_test(convert_mixed_header RANKS 0 EXIT 0 STDOUT "^converted 2 rows of \\(2,\\) float32, 2 classes: out.h5$"
             COMMAND convert ${others}/mixed.csv --label 2 -o out.h5)
add_cli_test(convert_open_header RANKS 0 3 EXIT 65 STDERR "may name the columns or be one of the rows .*'--header yes' or '--header no'"
             COMMAND convert ${others}/open.csv --label 2 -o out.h5)
add_cli_test(convert_open_header_no RANKS 0 EXIT 0 STDOUT "^converted 3 rows of \\(2,\\) float32, 3 classes"
             COMMAND convert ${others}/open.csv --label 2 --header no -o out.h5)
add_cli_test(convert_two_labels RANKS 0 3 EXIT 65 STDERR "has several columns called 'label': 1 and 2"
             COMMAND convert ${others}/twice.csv -o out.h5)
add_cli_test(convert_unnamed RANKS 0 3 EXIT 65 STDERR "column 0 has no name, as the row numbers that pandas writes. '--drop 0' leaves it out"
             COMMAND convert ${others}/index.csv -o out.h5)
add_cli_test(convert_unnamed_dropped RANKS 0 EXIT 0 STDOUT "^converted 2 rows of \\(2,\\) float32, 2 classes"
             COMMAND convert ${others}/index.csv --drop 0 -o out.h5)
add_cli_test(convert_blanks RANKS 0 3 EXIT 0 STDOUT "^converted 2 rows of \\(2,\\) float32, 2 classes: out.h5$"
             COMMAND convert ${others}/blanks.txt --delimiter blank -o out.h5)
add_cli_test(convert_commas RANKS 0 EXIT 0 STDOUT "^converted 2 rows of \\(1,\\) float32, 2 classes: out.h5$"
             COMMAND convert ${others}/commas.csv --delimiter tab --decimal , -o out.h5)
add_cli_test(convert_commas_unsaid RANKS 0 3 EXIT 65 STDERR "column 'a' holds \"1,5\", which is not a number. '--decimal ,' reads such numbers$"
             COMMAND convert ${others}/commas.csv --delimiter tab -o out.h5)
add_cli_test(convert_decimal RANKS 0 EXIT 64 STDERR "--decimal is a point or a comma"
             COMMAND convert ${others}/commas.csv --decimal x -o out.h5)
add_cli_test(convert_times RANKS 0 3 EXIT 0 STDERR "warning: 2 whole numbers among the features are rounded by float32. '--type float64'"
             COMMAND convert ${others}/times.csv --times when -o out.h5)
add_cli_test(convert_labels_from_one RANKS 0 3 EXIT 0 STDERR "warning: the labels are all whole numbers from 1 to 2. as classes"
             COMMAND convert ${others}/times.csv --times when --type float64 -o out.h5)
file(WRITE ${others}/from_one.csv "x,y,label\n1,5,1\n2,5,2\n3,5,1\n")
add_cli_test(convert_from_one RANKS 0 EXIT 0 COMMAND convert ${others}/from_one.csv --overwrite -o ${CMAKE_CURRENT_BINARY_DIR}/from_one.h5
             PROPERTIES FIXTURES_SETUP from_one)
file(WRITE ${others}/missing_class.csv "x,label\n1,s\n2,NA\n")
add_cli_test(convert_missing_class RANKS 0 3 EXIT 0 STDERR "warning: the label 'NA' is a class like any other. '--missing NA --bad-rows skip' leaves"
             COMMAND convert ${others}/missing_class.csv -o missing_class.h5)
file(WRITE ${others}/one_class.csv "x,y,label\n1,5,1\n2,6,1\n3,7,1\n")
add_cli_test(convert_one_class RANKS 0 EXIT 0 COMMAND convert ${others}/one_class.csv --overwrite -o ${CMAKE_CURRENT_BINARY_DIR}/one_class.h5
             PROPERTIES FIXTURES_SETUP one_class)
add_cli_test(convert_encoding RANKS 0 EXIT 64 STDERR "--encoding: latin not in {latin-1,utf-8}"
             COMMAND convert ${points} --encoding latin -o out.h5)

add_cli_test(inspect RANKS 0 EXIT 0 STDOUT "^  features: float32 \\(3, 2\\), 24 B, contiguous$"
             COMMAND inspect ${converted} PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(inspect_classes RANKS 3 EXIT 0 STDOUT "^  0 left +2$" COMMAND inspect ${converted}
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(inspect_columns RANKS 0 EXIT 0 STDOUT "^  y +-300 +-99 +2$" COMMAND inspect ${converted}
             PROPERTIES FIXTURES_REQUIRED points)
add_cli_test(inspect_missing RANKS 0 3 EXIT 66 STDERR "none.h5" COMMAND inspect none.h5)
add_cli_test(inspect_text RANKS 0 3 EXIT 65 STDERR "points.csv: not an HDF5 file" COMMAND inspect ${points})

# CIFAR: records of zeros, which a name and a size tell.
string(REPEAT "a" 6146 records)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/records.bin ${records})
add_cli_test(convert_cifar_label RANKS 0 2 EXIT 65 STDERR "records.bin: record 0 has label 97, but classes are 0 to 9"
             COMMAND convert ${CMAKE_CURRENT_BINARY_DIR}/records.bin -o out.h5)
add_cli_test(convert_cifar_truncated RANKS 0 EXIT 65 STDERR "no whole number of records of 3,074"
             COMMAND convert ${CMAKE_CURRENT_SOURCE_DIR}/points.csv --format cifar100 -o out.h5)
add_cli_test(convert_cifar_coarse RANKS 0 EXIT 64 STDERR "CIFAR-10 has one label"
             COMMAND convert ${CMAKE_CURRENT_BINARY_DIR}/records.bin --label coarse -o out.h5)

# SPDX-License-Identifier: Apache-2.0
# run/queue/train_script.hpp among the generated headers: the batch script that tusk submit hands to Slurm.
file(READ ${CMAKE_SOURCE_DIR}/scripts/slurm/train.sbatch TUSK_TRAIN_SCRIPT)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/scripts/slurm/train.sbatch)
configure_file(${CMAKE_CURRENT_LIST_DIR}/train_script.hpp.in ${CMAKE_BINARY_DIR}/generated/run/queue/train_script.hpp @ONLY)

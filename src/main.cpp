// SPDX-License-Identifier: Apache-2.0
#include "tusk/main.hpp"

int main(int argc, char** argv) { return tusk::main(argc, argv); }

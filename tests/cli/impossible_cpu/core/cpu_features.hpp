// SPDX-License-Identifier: Apache-2.0
#pragma once

#define TUSK_CPU_FEATURES(X) X("sse3") X("avx5124fmaps")

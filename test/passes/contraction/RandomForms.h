// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef SALIENCY_TEST_PASSES_CONTRACTION_RANDOMFORMS_H
#define SALIENCY_TEST_PASSES_CONTRACTION_RANDOMFORMS_H

#include "test/passes/contraction/Forms.h"

#include <random>

namespace saliency::test {

/// A small contraction of random kind and shape. Equal seeds, equal forms.
Form randomForm(uint64_t seed);

} // namespace saliency::test

#endif // SALIENCY_TEST_PASSES_CONTRACTION_RANDOMFORMS_H

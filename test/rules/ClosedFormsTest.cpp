// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The plain ends of methods: relevance (and each further stream) starts with 1 at the target, the
// map is what arrived at the input.
#include "Oracle.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"

using namespace saliency::rules;
using namespace saliency::rules::test;

namespace {

template <class... M> std::vector<const MethodTable *> tablesOf() { return {&tableOf<M>()...}; }

TEST(ClosedForms, StartsWithOneAtTheTarget) {
  DenseHead head;
  head.logits = {4, 1, {5, -6, 7, 0}};
  head.target = 1;
  for (const MethodTable *table :
       tablesOf<methods::Rap, methods::RectGrad, methods::NoBiasRectGrad,
                methods::ExcitationBackprop, methods::ContrastiveExcitationBackprop,
                methods::DeepLift, methods::AttnLrp, methods::CpLrp, methods::AttentionRollout,
                methods::TransformerAttribution, methods::TransformerLrp,
                methods::IntegratedGradients, methods::SmoothGrad, methods::GradientShap>())
    for (unsigned stream = 0; stream <= table->streams.size(); ++stream)
      expectNear(seedOf(*table, defaultSettings(*table), head, stream), {0, 1, 0, 0});
}

TEST(ClosedForms, MapIsWhatArrived) {
  const DenseTensor maps[] = {{2, 2, {1, -2, 3, 4}}, {2, 2, {5, 6, 7, 8}}},
                    image{2, 2, {10, 20, 30, 40}};
  for (const MethodTable *table :
       tablesOf<methods::Gradient, methods::GuidedBackprop, methods::DeconvNet, methods::BetaSmooth,
                methods::Rsp, methods::Rap, methods::AttributionEquilibrium, methods::Agf,
                methods::AttnLrp, methods::CpLrp, methods::TransformerLrp>())
    expectNear(mapOf(*table, defaultSettings(*table), maps, image), maps[0].data);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: the factor of maskNorms(factor) reads what the point of a run may read, nothing of an op
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    const auto run = m.runs(m.layerChannels());
    m.repeat(run, m.layer() * run.channel());
    m.maskNorms(run.channel() * meanPerSample(m.activation().x));
    m.finish(run.sum(run.layer()));
  }
};
constexpr const MethodTable &table = tableOf<Broken>();

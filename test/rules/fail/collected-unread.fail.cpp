// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: what collect() adds up is read by the finish, collected(), and the other way round
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    m.collect(m.convolution(), sumOverChannels(m.convolution().R), ResizeMode::Nearest);
  }
};
constexpr const MethodTable &table = tableOf<Broken>();

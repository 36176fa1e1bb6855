// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// expect: saliency method: collect(op, map, mode) gives a map per position of the op's output
#include "passes/rules/families/CommonRules.h"
#include "passes/rules/language/Compile.h"

using namespace saliency::rules;

struct Broken {
  static constexpr std::string_view name = "broken";
  static consteval void write(Method &m) {
    m.title = "Broken", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    m.collect(m.convolution(), m.convolution().R, ResizeMode::Nearest);
    m.finish2d(m.collected());
  }
};
constexpr const MethodTable &table = tableOf<Broken>();

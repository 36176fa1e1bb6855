// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Harness.h"
#include "Lowered.h"

#include "test/support/Processors.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace saliency::test {

Array randomArray(Shape shape, unsigned seed) {
  Array array(std::move(shape));
  std::mt19937 generator(seed);
  for (double &value : array.values)
    value = static_cast<double>(generator() >> 16) / 32768.0 - 1.0;
  return array;
}

std::string tensorType(const Shape &shape, const std::string &element) {
  std::string text = "tensor<";
  for (int64_t extent : shape)
    text += std::to_string(extent) + "x";
  return text + element + ">";
}

std::string joined(const Shape &numbers) {
  std::string text;
  for (int64_t number : numbers)
    text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

Program oneOp(const std::string &line, std::vector<Array> arguments,
              const std::string &resultType) {
  std::string parameters, types, op;
  for (size_t i = 0; i != arguments.size(); ++i) {
    std::string type = tensorType(arguments[i].shape);
    parameters += (i ? ", %a" : "%a") + std::to_string(i) + ": " + type;
    types += (i ? ", " : "") + type;
  }
  for (char c : line)
    op += c == '$' ? "%a" : std::string(1, c);
  return {"func.func @f(" + parameters + ") -> " + resultType + " {\n  %y = " + op + " : (" +
              types + ") -> " + resultType + "\n  return %y : " + resultType + "\n}",
          std::move(arguments)};
}

static void expectClose(const Array &expected, const Array &found, double tolerance) {
  ASSERT_EQ(expected.shape, found.shape);
  double scale = 0;
  for (double value : expected.values)
    if (std::isfinite(value))
      scale = std::max(scale, std::abs(value));
  for (size_t i = 0; i != expected.values.size(); ++i) {
    double want = expected.values[i], have = found.values[i];
    bool close = std::isfinite(want) ? std::abs(want - have) <= tolerance * scale
                 : std::isnan(want)  ? std::isnan(have)
                                     : want == have;
    ASSERT_TRUE(close) << "entry " << i << ": expected " << want << ", found " << have;
  }
}

static std::string nameOf(LayoutKind layout, Contractions contractions) {
  std::string text = layout == LayoutKind::ChannelsFirst ? "channels-first" : "channels-last";
  return text + (contractions == Contractions::Plain ? ", plain" : ", tuned");
}

static void expectRun(const Lowered &lowered, const std::string &processor,
                      const std::vector<Array> &results, double tolerance) {
  SCOPED_TRACE(processor.empty() ? "upstream's loops" : "for " + processor);
  std::string error;
  std::vector<Array> found = lowered.run(processor, error);
  ASSERT_EQ(error, "");
  ASSERT_EQ(found.size(), results.size());
  for (size_t i = 0; i != found.size(); ++i)
    expectClose(results[i], found[i], tolerance);
}

void expectResults(const Program &program, const std::vector<Array> &results, double tolerance) {
  std::vector<Lowered> plain; // whose loops have run
  for (LayoutKind layout : {LayoutKind::ChannelsFirst, LayoutKind::ChannelsLast})
    for (Contractions contractions : {Contractions::Plain, Contractions::Tuned}) {
      SCOPED_TRACE(nameOf(layout, contractions) + "\n" + program.text);
      std::string error;
      Lowered lowered(program, layout, contractions, error);
      ASSERT_EQ(error, "");
      if (layout == LayoutKind::ChannelsLast && contractions == Contractions::Tuned)
        for (const std::string &processor : processors)
          // On an x86-64 machine its own vectors are among the widths already.
          if (processor != "native" || !runsHere("x86-64-v2"))
            expectRun(lowered, processor, results, tolerance);
      if (std::find(plain.begin(), plain.end(), lowered) != plain.end())
        continue;
      expectRun(lowered, "", results, tolerance);
      plain.push_back(std::move(lowered));
    }
}

} // namespace saliency::test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The readers that make text: formulas, help, index, findings, messages of settings.
#include "passes/rules/Registry.h"
#include "passes/rules/language/Compile.h"
#include "passes/rules/methods/Methods.h"
#include "passes/rules/printing/MethodReview.h"
#include "passes/rules/printing/Print.h"
#include "passes/rules/settings/Settings.h"

#include <gtest/gtest.h>

using namespace saliency::rules;

namespace {

std::string text(const MethodTable &table, NodeId id) {
  const Formula formula = formulaOf(table, id);
  std::string result;
  for (const auto &[name, definition] : formula.definitions)
    result += name + " = " + definition + "\n";
  return result + formula.text;
}

TEST(Print, FormulasReadAsTheyAreWritten) {
  const MethodTable &epsilon = tableOf<methods::LrpEpsilon>(), &rsp = tableOf<methods::Rsp>(),
                    &zPlus = tableOf<methods::LrpZPlus>();
  EXPECT_EQ(text(epsilon, epsilon.rows[0].result),
            "x * adjoint(w, divide(R, choose(bias=dropped, forward(w, x), y), epsilon))");
  EXPECT_EQ(text(epsilon, epsilon.seeds[0].result), "target * logits");
  EXPECT_EQ(text(zPlus, zPlus.rows[0].result),
            "t1 = pos(choose(bias=dropped, 0, b))\n"
            "t2 = divide(R, forward(pos(w), pos(x)) + forward(negPart(w), negPart(x)) + "
            "choose(folded-bias=whole, where(biasIsFolded, 2 * b, t1), t1), stabiliser)\n"
            "pos(x) * adjoint(pos(w), t2) + negPart(x) * adjoint(negPart(w), t2)");
  EXPECT_EQ(text(rsp, rsp.seeds[0].result), "t1 = layer * meanPerChannel(gradient(target))\n"
                                            "plus(t1, maxPerSample(t1), 1e-09)");
  EXPECT_EQ(text(rsp, rsp.rows[1].result),
            "t1 = choose(purge=on, where(sumOverChannels(R) > 0, pos(R), negPart(R)), R)\n"
            "t2 = correlate(pos(x), pos(t1))\n"
            "t3 = -negPart(t1)\n"
            "t4 = correlate(pos(x), t3)\n"
            "pos(x) * adjoint(t2, zeroSafe(pos(t1), forward(t2, pos(x)))) - pos(x) * adjoint(t4, "
            "zeroSafe(t3, forward(t4, pos(x))))");
}

/// Parentheses where precedence needs them.
struct Parentheses {
  static constexpr std::string_view name = "parentheses";
  static consteval void write(Method &m) {
    m.title = "Parentheses", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto op = m.activation();
    m.on(op, (op.x - (op.y - op.R)) * (op.x / (op.y / op.R)) + -(op.x + 1) * (op.x * op.y > 0));
  }
};
TEST(Print, Parentheses) {
  const MethodTable &table = tableOf<Parentheses>();
  EXPECT_EQ(text(table, table.rows[0].result),
            "(x - (y - R)) * (x / (y / R)) + -(x + 1) * (x * y > 0)");
}

TEST(Print, Conditions) {
  const MethodTable &rsp = tableOf<methods::Rsp>(), &zBox = tableOf<methods::LrpZBox>();
  const auto conditions = [](const MethodTable &table, const auto &entry) {
    return describeConditions(table, {entry.conditions, entry.conditionCount});
  };
  EXPECT_EQ(conditions(rsp, rsp.rows[0]), "first layer");
  EXPECT_EQ(conditions(rsp, rsp.rows[1]), "kernel 1");
  EXPECT_EQ(conditions(zBox, zBox.rows[2]), "other-layers=epsilon");
  EXPECT_EQ(conditions(rsp, rsp.seeds[1]), "seed=hostile");
}

TEST(Print, Help) {
  const std::string help = printHelp(tableOf<methods::LrpAlphaBeta>());
  for (const char *line :
       {"lrp-alpha-beta: LRP-alpha-beta\n  Positive contributions share alpha R, negative ones "
        "-beta R.\n  Source: Bach et al. 2015",
        "  --param alpha=number  (2)\n      weight of the positive contributions\n",
        "  --param seed=logit|one  (logit)\n      relevance at the target's logit: its value, or "
        "1\n",
        "  Needs: alpha - beta is 1\n", "  --conventions=paper  the defaults\n",
        "  --conventions=zennit  bias=denominator seed=one batch-norm=pass\n"})
    EXPECT_NE(help.find(line), std::string::npos) << line << "in\n" << help;
}

TEST(Print, NamedRulesAndChosenDivisions) {
  const std::string page = printPage(tableOf<methods::LrpComposite>());
  EXPECT_NE(page.find("| Convolution | rule `zplus` |"), std::string::npos) << page;
  EXPECT_NE(page.find("| Add |  | `x * divide(R, y, stabiliser)` |"), std::string::npos) << page;
  EXPECT_NE(page.find("\nNeeds: alpha - beta is 1.\n"), std::string::npos) << page;
}

TEST(Print, ClassOfAWholeMethod) {
  const auto whole = [](const MethodTable &table) {
    const std::string page = printPage(table), lead = "As a whole, at the default parameters: ";
    const size_t at = page.find(lead);
    return at == std::string::npos
               ? page
               : page.substr(at + lead.size(), page.find('\n', at) - at - lead.size());
  };
  EXPECT_EQ(whole(tableOf<methods::LrpEpsilon>()),
            "loses the shares of bias and stabiliser (Convolution, Dense).");
  EXPECT_EQ(whole(tableOf<methods::LrpZPlus>()),
            "exact without bias, where no sum of contributions is 0 (Convolution, Dense).");
  EXPECT_EQ(whole(tableOf<methods::GuidedBackprop>()),
            "no law (ops that take their derivative, Rectifier).");
  EXPECT_EQ(whole(tableOf<methods::GradCam>()), "no relevance is carried back.");
}

TEST(Print, StepsHaveAPage) {
  for (const MethodTable *step : allSteps()) {
    const std::string page = printPage(*step);
    EXPECT_NE(page.find("`--then=" + std::string(step->name) + "`: "), std::string::npos) << page;
    EXPECT_EQ(page.find("The sum of relevance"), std::string::npos) << page;
  }
}

TEST(Print, EveryMethodIsInTheIndex) {
  const std::string index = printIndex(allMethods());
  for (const MethodTable *table : allMethods()) {
    EXPECT_NE(index.find("`--emit-" + std::string(table->name) + "`"), std::string::npos);
    const std::string page = printPage(*table);
    EXPECT_NE(page.find(table->source), std::string::npos);
    for (const Parameter &parameter : table->parameters)
      EXPECT_NE(page.find(parameter.help), std::string::npos) << parameter.name;
  }
}

TEST(Review, MethodsOfTheRegistryHaveNoErrorsAndNoDeadTerms) {
  for (const MethodTable *table : allMethods())
    for (const Finding &finding : reviewMethod(*table))
      EXPECT_EQ(finding.severity, Severity::Remark) << table->name << ": " << finding.text;
}

TEST(Review, SaysWhatIsUnsupported) {
  const auto findings = reviewMethod(tableOf<methods::LrpEpsilon>());
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].text, "unsupported: Bilinear, other merges, Product, Softmax, LayerNorm");
  EXPECT_EQ(findings[1].text.substr(0, 36), "conservation: exact in AveragePool, ");
  EXPECT_EQ(reviewMethod(tableOf<methods::Gradient>()).at(0).text, "conservation: no law declared");
}

struct Unguarded {
  static constexpr std::string_view name = "unguarded";
  static consteval void write(Method &m) {
    m.title = "Unguarded", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto op = m.activation();
    m.on(op, op.R / (op.y + 1) / 2 / channelsOf(op.R));
  }
};
TEST(Review, FindsQuotientsWithoutAGuard) {
  unsigned found = 0;
  for (const Finding &finding : reviewMethod(tableOf<Unguarded>()))
    if (finding.severity == Severity::Warning) {
      ++found;
      EXPECT_EQ(finding.text, "a quotient by values of the network has no guard near zero, choose "
                              "a named division: 'R / (y + 1)'");
    }
  EXPECT_EQ(found, 1u);
}

struct DeadTerm {
  static constexpr std::string_view name = "dead-term";
  static consteval void write(Method &m) {
    m.title = "Dead term", m.source = "test", m.help = "test";
    m.seed(m.target());
    m.elsewhere(gradient);
    const auto conv = m.convolution();
    [[maybe_unused]] const auto forgotten = forward(conv.w, pos(conv.x));
    m.on(conv, conv.vjp(conv.R));
  }
};
TEST(Review, FindsTermsThatNothingUses) {
  bool found = false;
  for (const Finding &finding : reviewMethod(tableOf<DeadTerm>()))
    found |= finding.severity == Severity::Warning &&
             finding.text == "a term is written and never used: 'forward(w, pos(x))'";
  EXPECT_TRUE(found);
}

/// A table that did not come through the typed expressions.
TEST(Review, FindsMixedSpaces) {
  const Node nodes[] = {{.kind = NodeKind::X, .space = Space::In},
                        {.kind = NodeKind::W, .space = Space::Weight},
                        {.kind = NodeKind::Adjoint, .space = Space::In, .a = 1, .b = 0}};
  MethodTable table = tableOf<methods::Gradient>();
  table.nodes = {nodes, std::size(nodes)};
  std::string reason;
  EXPECT_FALSE(spaceIsConsistent(table, 2, reason));
  EXPECT_EQ(reason, "adjoint(w, r) takes weights and a value in the output's space, and gives one "
                    "in the input's");
}

TEST(SettingsText, MessagesStateTheRuleFirst) {
  const MethodTable &epsilon = tableOf<methods::LrpEpsilon>(), &zBox = tableOf<methods::LrpZBox>();
  Settings settings;
  std::string error;
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  const auto message = [&](const MethodTable &table, std::string_view convention,
                           const Pairs &given) {
    error.clear();
    EXPECT_FALSE(resolveSettings(table, convention, given, settings, error));
    return error;
  };
  EXPECT_EQ(message(epsilon, "torchray", {}), "method 'lrp-epsilon' knows the conventions paper, "
                                              "zennit, zennit-canon, captum; found 'torchray'");
  EXPECT_EQ(message(epsilon, "", {{"gamma", "1"}}),
            "method 'lrp-epsilon' has the parameters epsilon, bias, folded-bias, seed, batch-norm, "
            "activation, residual-add, "
            "max-pool, shared-concat, division, stabiliser; found 'gamma'");
  EXPECT_EQ(
      message(epsilon, "", {{"epsilon", "small"}}),
      "parameter 'epsilon' of method 'lrp-epsilon' takes a number of at least 0; found 'small'");
  EXPECT_EQ(message(epsilon, "", {{"epsilon", "-1"}}),
            "parameter 'epsilon' of method 'lrp-epsilon' takes a number of at least 0; found '-1'");
  EXPECT_EQ(message(epsilon, "", {{"seed", "two"}}),
            "parameter 'seed' of method 'lrp-epsilon' takes logit or one; found 'two'");
  EXPECT_EQ(message(zBox, "", {{"low", "1,,2"}}),
            "parameter 'low' of method 'lrp-zbox' takes numbers separated by commas, one per "
            "input channel or one for all; found '1,,2'");
  EXPECT_EQ(message(tableOf<methods::Gradient>(), "", {{"seed", "one"}}),
            "method 'gradient' has no parameters; found 'seed'");
}

TEST(SettingsText, LaterWins) {
  const MethodTable &epsilon = tableOf<methods::LrpEpsilon>(), &zBox = tableOf<methods::LrpZBox>(),
                    &rsp = tableOf<methods::Rsp>();
  Settings settings;
  std::string error;
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  ASSERT_TRUE(resolveSettings(epsilon, "zennit", Pairs{{"seed", "logit"}, {"epsilon", "0.25"}},
                              settings, error))
      << error;
  EXPECT_EQ(settings.values[0].number, 0.25);
  EXPECT_EQ(settings.values[3].number, 0); // logit, though zennit says one
  EXPECT_EQ(settings.values[4].number, 1); // pass
  ASSERT_TRUE(resolveSettings(zBox, "", Pairs{{"low", "-1,0,1e-3"}}, settings, error)) << error;
  EXPECT_EQ(settings.values[0].channels, (std::vector<double>{-1, 0, 1e-3}));
  ASSERT_TRUE(resolveSettings(rsp, "", Pairs{{"seed-layer", "/features/relu"}}, settings, error))
      << error;
  EXPECT_EQ(settings.values[3].text, "/features/relu");
}

TEST(Registry, FindsByName) {
  EXPECT_FALSE(allMethods().empty());
  for (const MethodTable *table : allMethods())
    EXPECT_EQ(findMethod(table->name), table);
  EXPECT_EQ(findMethod("no-such-method"), nullptr);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expressions back to text, in the words of Vocabulary.h.
#include "passes/rules/printing/Print.h"

#include <cstdio>
#include <map>

using namespace saliency::rules;

namespace {

std::string numberText(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

/// How tightly an operator binds; calls and names bind tightest.
enum Binding { Comparison, Sum, Product, Unary, Tight };

struct Text {
  std::string text;
  Binding binding = Tight;
};

std::string within(const Text &operand, Binding least) {
  return operand.binding < least ? "(" + operand.text + ")" : operand.text;
}

class Writer {
public:
  Writer(const MethodTable &table, NodeId root) : table(table) {
    // Operands precede users, so one backward sweep counts each reachable node's uses.
    std::vector<unsigned> uses(table.nodes.size());
    uses[root] = 1;
    for (unsigned id = root + 1; id-- > 0;) {
      if (!uses[id])
        continue;
      const Node &node = table.nodes[id];
      for (NodeId operand : {node.a, node.b, node.c})
        if (operand != kNone)
          ++uses[operand];
    }
    for (unsigned id = 0; id < root; ++id) {
      if (uses[id] < 2 || operandCount(table.nodes[id].kind) == 0)
        continue;
      Text text = write(NodeId(id));
      if (text.text.size() < 12 &&
          text.binding == Tight) // short calls such as pos(x) stay in place
        continue;
      const std::string name = "t" + std::to_string(formula.definitions.size() + 1);
      formula.definitions.emplace_back(name, text.text);
      named[NodeId(id)] = name;
    }
    formula.text = write(root).text;
  }
  Formula formula;

private:
  const MethodTable &table;
  std::map<NodeId, std::string> named;

  Text write(NodeId id) const {
    if (auto it = named.find(id); it != named.end())
      return {it->second};
    const Node &n = table.node(id);
    switch (n.kind) {
    case NodeKind::X:
      return {"x"};
    case NodeKind::Y:
      return {"y"};
    case NodeKind::W:
      return {"w"};
    case NodeKind::B:
      return {"b"};
    case NodeKind::R:
      return {"R" + streamSuffix(n)};
    case NodeKind::Map:
      return {(n.space == Space::PerPixel ? "map2d" : "map") + streamSuffix(n)};
    case NodeKind::Parameter:
    case NodeKind::LayerData:
      return {std::string(table.parameters[n.index].name)};
    case NodeKind::Constant:
      return {numberText(n.value), n.value < 0 ? Unary : Tight};
    case NodeKind::Neg:
      return {"-" + within(write(n.a), Unary), Unary};
    case NodeKind::Add:
      return infix(n, " + ", Sum, Sum);
    case NodeKind::Sub:
      return infix(n, " - ", Sum, Product);
    case NodeKind::Mul:
      return infix(n, " * ", Product, Unary);
    case NodeKind::Less:
      return infix(n, " < ", Comparison, Sum);
    case NodeKind::LessEqual:
      return infix(n, " <= ", Comparison, Sum);
    case NodeKind::Greater:
      return infix(n, " > ", Comparison, Sum);
    case NodeKind::GreaterEqual:
      return infix(n, " >= ", Comparison, Sum);
    case NodeKind::Equal:
      return infix(n, " == ", Comparison, Sum);
    case NodeKind::Divide:
      if (n.division == Division::Plain)
        return infix(n, " / ", Product, Unary);
      return call(nameOf(n.division), n);
    case NodeKind::Choose: {
      const Parameter &parameter = table.parameters[n.index];
      return {"choose(" + std::string(parameter.name) + "=" +
              std::string(parameter.options[size_t(n.value)]) + ", " + arguments(n) + ")"};
    }
    case NodeKind::ReduceSum:
    case NodeKind::ReduceMean:
    case NodeKind::ReduceMax:
    case NodeKind::ReduceMin:
    case NodeKind::CountNonZero:
      return call(std::string(nameOf(n.kind)) + (n.space == Space::PerPixel ? "OverChannels"
                                                 : n.space == Space::Tokens ? "OverHeads"
                                                 : n.space == Space::PerToken
                                                     ? "OfRows"
                                                     : std::string(nameOf(n.space))),
                  n);
    case NodeKind::Resize:
      return {"resizeToInput(" + arguments(n) + ", " + std::string(nameOf(ResizeMode(n.index))) +
              ")"};
    case NodeKind::Collected:
      return {"collected" + (n.index == 0 ? "" : "(" + std::string(nameOf(Fusion(n.index))) + ")")};
    case NodeKind::QuadratureNode:
    case NodeKind::QuadratureWeight:
      return {std::string(nameOf(n.kind)) + "(" + std::string(table.parameters[n.index].name) +
              ")"};
    case NodeKind::WindowMask: {
      static constexpr std::string_view words[] = {"run.window", "run.layerWindow",
                                                   "run.patchWindow"};
      return call(words[n.index], n);
    }
    case NodeKind::WindowCount: {
      static constexpr std::string_view words[] = {"windows", "layerWindows", "patchWindows"};
      return call(words[n.index], n);
    }
    case NodeKind::GivenImage:
      return {"run.given(" + std::string(table.callTensors[n.index].name) + ", " + arguments(n) +
              ")"};
    case NodeKind::ForEachClass:
      return call(std::string(table.callTensors[n.index].name) + ".sum", n);
    case NodeKind::HostileClass:
      return {std::string(table.callTensors[n.index].name) + ".each"};
    case NodeKind::ClassCount:
      return {std::string(table.callTensors[n.index].name) + ".count"};
    default:
      return operandCount(n.kind) == 0 ? Text{std::string(nameOf(n.kind))}
                                       : call(nameOf(n.kind), n);
    }
  }

  std::string streamSuffix(const Node &n) const {
    return n.index == 0 ? "" : "[" + std::string(table.streams[n.index - 1u].name) + "]";
  }
  Text infix(const Node &n, const char *op, Binding binding, Binding right) const {
    return {within(write(n.a), binding) + op + within(write(n.b), right), binding};
  }
  std::string arguments(const Node &n) const {
    std::string text;
    for (NodeId operand : {n.a, n.b, n.c})
      if (operand != kNone)
        text += (text.empty() ? "" : ", ") + write(operand).text;
    return text;
  }
  Text call(std::string_view name, const Node &n) const {
    return {std::string(name) + "(" + arguments(n) + ")"};
  }
};

} // namespace

Formula saliency::rules::formulaOf(const MethodTable &table, NodeId root) {
  return Writer(table, root).formula;
}

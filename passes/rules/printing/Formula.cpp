// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expressions back to text, in the words of Vocabulary.h: how each is written stands in Words.def.
#include "passes/rules/language/Text.h"
#include "passes/rules/printing/Print.h"

#include <map>

using namespace saliency::rules;

namespace {

/// How a formula writes a word.
enum class Form : uint8_t {
  Plain,    // its name, with its operands in parentheses where it has any
  Negation, // -a
  Sum,      // a + b, `written` is the sign; likewise to Comparison
  Difference,
  Product,
  Comparison,
  Division,       // a / b, or the name of the division with its operands
  Choice,         // choose(parameter=option, a, b)
  Reduction,      // the name and over what it is taken
  Number,         // the node's value
  OfParameter,    // the name of parameter `index`
  ByParameter,    // name(parameter)
  OfStream,       // name[stream]
  OfMap,          // map or map2d, as OfStream
  ByResizeMode,   // written(operands, mode)
  ByFusion,       // the name alone for a sum, else name(fusion)
  ByExtent,       // `written` has a name for each Extent
  OfCallTensor,   // tensor.written, with its operands in parentheses where it has any
  WithCallTensor, // name(tensor, operands)
};
struct PrintedForm {
  Form form;
  std::string_view written;
};
constexpr PrintedForm printedForms[] = {
#define WORD(kind, name, operands, spaces, offered, places, form, written) {Form::form, written},
#include "passes/rules/language/Words.def"
};

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
    const auto [form, written] = printedForms[unsigned(n.kind)];
    switch (form) {
    case Form::Plain:
      return call(nameOf(n.kind), n);
    case Form::Negation:
      return {"-" + within(write(n.a), Unary), Unary};
    case Form::Sum:
      return infix(n, written, Sum, Sum);
    case Form::Difference:
      return infix(n, written, Sum, Product);
    case Form::Product:
      return infix(n, written, Product, Unary);
    case Form::Comparison:
      return infix(n, written, Comparison, Sum);
    case Form::Division:
      return n.division == Division::Plain ? infix(n, written, Product, Unary)
                                           : call(nameOf(n.division), n);
    case Form::Choice:
      return {"choose(" + parameter(n) + "=" +
              std::string(table.parameters[n.index].options[size_t(n.value)]) + ", " +
              arguments(n) + ")"};
    case Form::Number:
      return {numberText(n.value), n.value < 0 ? Unary : Tight};
    case Form::Reduction:
      return call(std::string(nameOf(n.kind)) + overWhat(n.space), n);
    case Form::OfParameter:
      return {parameter(n)};
    case Form::ByParameter:
      return {std::string(nameOf(n.kind)) + "(" + parameter(n) + ")"};
    case Form::OfStream:
      return {std::string(nameOf(n.kind)) + streamSuffix(n)};
    case Form::OfMap:
      return {(n.space == Space::PerPixel ? "map2d" : "map") + streamSuffix(n)};
    case Form::ByResizeMode:
      return {std::string(written) + "(" + arguments(n) + ", " +
              std::string(nameOf(ResizeMode(n.index))) + ")"};
    case Form::ByFusion:
      return {std::string(nameOf(n.kind)) +
              (n.index == 0 ? "" : "(" + std::string(nameOf(Fusion(n.index))) + ")")};
    case Form::ByExtent:
      return call(alternative(written, n.index), n);
    case Form::OfCallTensor:
      return call(callTensor(n) + std::string(written), n);
    case Form::WithCallTensor:
      return {std::string(nameOf(n.kind)) + "(" + callTensor(n) + ", " + arguments(n) + ")"};
    }
    return {};
  }

  static std::string overWhat(Space space) {
    return space == Space::PerPixel   ? "OverChannels"
           : space == Space::Tokens   ? "OverHeads"
           : space == Space::PerToken ? "OfRows"
                                      : std::string(nameOf(space));
  }
  /// Number `index` of names that are separated by '|'.
  static std::string_view alternative(std::string_view names, unsigned index) {
    for (; index > 0; --index)
      names.remove_prefix(names.find('|') + 1);
    return names.substr(0, names.find('|'));
  }
  std::string parameter(const Node &n) const { return std::string(table.parameters[n.index].name); }
  std::string callTensor(const Node &n) const {
    return std::string(table.callTensors[n.index].name);
  }
  std::string streamSuffix(const Node &n) const {
    return n.index == 0 ? "" : "[" + std::string(table.streams[n.index - 1u].name) + "]";
  }
  Text infix(const Node &n, std::string_view op, Binding binding, Binding right) const {
    return {within(write(n.a), binding) + std::string(op) + within(write(n.b), right), binding};
  }
  std::string arguments(const Node &n) const {
    std::string text;
    for (NodeId operand : {n.a, n.b, n.c})
      if (operand != kNone)
        text += (text.empty() ? "" : ", ") + write(operand).text;
    return text;
  }
  /// name(a, b), or the name alone of a word without operands.
  Text call(std::string_view name, const Node &n) const {
    return {std::string(name) + (operandCount(n.kind) == 0 ? "" : "(" + arguments(n) + ")")};
  }
};

} // namespace

Formula saliency::rules::formulaOf(const MethodTable &table, NodeId root) {
  return Writer(table, root).formula;
}

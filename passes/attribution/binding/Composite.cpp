// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/attribution/binding/Composite.h"

#include "passes/attribution/binding/Naming.h"
#include "passes/rules/NamedComposites.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/YAMLTraits.h"

using namespace llvm;
using namespace saliency;
using rules::Capability;

namespace {

/// What reading needs besides the text.
struct Reader {
  const rules::MethodTable &table;
  StringRef file, text;
};

struct ParameterMap {
  ParameterList list;
};

std::string ruleNames(const rules::MethodTable &table) {
  std::string names;
  for (const rules::Row &row : table.rows)
    if (StringRef name(row.rule); !name.empty() && !is_contained(split(names, ", "), name))
      names += (names.empty() ? "" : ", ") + name.str();
  return names;
}

std::optional<Capability> typeNamed(StringRef name) {
  for (unsigned c = 0; c != unsigned(Capability::Count); ++c)
    if (StringRef(rules::nameOf(Capability(c))) == name)
      return Capability(c);
  return std::nullopt;
}

/// Reads an optional word and hands it to `accept`, which says whether it is one of those
/// `expected`.
void readWord(yaml::IO &io, const char *key, const Twine &expected,
              function_ref<bool(StringRef)> accept) {
  std::optional<std::string> word;
  io.mapOptional(key, word);
  if (word && !accept(*word))
    io.setError(Twine(key) + " is " + expected + "; found '" + *word + "'");
}

void readParameters(yaml::IO &io, const char *key, ParameterList &parameters) {
  const Reader &reader = *static_cast<Reader *>(io.getContext());
  ParameterMap map;
  io.mapOptional(key, map);
  rules::Settings scratch = rules::defaultSettings(reader.table);
  for (const auto &[name, value] : map.list) {
    unsigned index;
    std::string error;
    if (!rules::applySetting(reader.table, name, value, scratch, index, error))
      io.setError(error);
  }
  parameters = std::move(map.list);
}

bool isBound(const rules::MethodTable &table, StringRef text) {
  int64_t number;
  return !text.getAsInteger(10, number) ||
         any_of(table.parameters, [&](const rules::Parameter &parameter) {
           return StringRef(parameter.name) == text &&
                  parameter.kind == rules::ParameterKind::Number;
         });
}

} // namespace

LLVM_YAML_IS_SEQUENCE_VECTOR(saliency::CompositeEntry)

namespace llvm::yaml {

template <> struct CustomMappingTraits<ParameterMap> {
  static void inputOne(IO &io, StringRef key, ParameterMap &map) {
    std::string value, name = key.str();
    io.mapRequired(name.c_str(), value);
    map.list.emplace_back(name, value);
  }
  static void output(IO &, ParameterMap &) {}
};

template <> struct MappingTraits<CompositeEntry> {
  static void mapping(IO &io, CompositeEntry &entry) {
    const Reader &reader = *static_cast<Reader *>(io.getContext());
    const char *at = static_cast<Input &>(io).getCurrentNode()->getSourceRange().Start.getPointer();
    entry.place =
        (reader.file + ":" + Twine(1 + reader.text.take_front(at - reader.text.data()).count('\n')))
            .str();
    LayerPattern &pattern = entry.pattern;
    auto typed = [&](const char *key, std::optional<Capability> &type) {
      readWord(io, key, "a kind of layer such as Convolution, Dense, Add, Activation",
               [&](StringRef word) {
                 type = typeNamed(word);
                 return type.has_value();
               });
    };
    typed("type", pattern.type);
    typed("followed-by", pattern.followedBy);
    readWord(io, "name", "a pattern such as features.*", [&](StringRef word) {
      pattern.name = word.str();
      return !word.empty() && !errorToBool(GlobPattern::create(word).takeError());
    });
    readWord(io, "place", "first or last", [&](StringRef word) {
      pattern.place = word == "first"  ? LayerPattern::Place::First
                      : word == "last" ? LayerPattern::Place::Last
                                       : LayerPattern::Place::Any;
      return pattern.place != LayerPattern::Place::Any;
    });
    readWord(io, "index", "a number of a layer or a range such as 0..3, -1 the last",
             [&](StringRef word) {
               auto [low, high] = word.contains("..") ? word.split("..") : std::pair(word, word);
               pattern.index = {low.str(), high.str()};
               return isBound(reader.table, low) && isBound(reader.table, high);
             });
    readWord(io, "kernel", "the extent of a kernel", [&](StringRef word) {
      int64_t extent = 0;
      bool good = !word.getAsInteger(10, extent) && extent > 0;
      pattern.kernel = extent;
      return good;
    });
    readWord(io, "rule", "one of " + ruleNames(reader.table), [&](StringRef word) {
      entry.rule = word.str();
      return any_of(reader.table.rows,
                    [&](const rules::Row &row) { return StringRef(row.rule) == word; });
    });
    readParameters(io, "set", entry.set);
    if (entry.rule.empty() && entry.set.empty())
      io.setError("an entry gives its layers a rule or parameters (set)");
  }
};

template <> struct MappingTraits<Composite> {
  static void mapping(IO &io, Composite &composite) {
    io.mapOptional("title", composite.title);
    io.mapOptional("source", composite.source);
    readParameters(io, "parameters", composite.parameters);
    io.mapRequired("layers", composite.entries);
  }
};

} // namespace llvm::yaml

/// The text of a composite and the name of its file.
static Expected<std::pair<std::string, std::string>> textOf(StringRef nameOrFile) {
  std::string names;
  for (const rules::NamedComposite &composite : rules::namedComposites) {
    if (StringRef(composite.name) == nameOrFile)
      return std::pair(std::string(composite.text), (nameOrFile + ".yaml").str());
    names += std::string(composite.name) + ", ";
  }
  if (!is_contained({".yaml", ".yml"}, sys::path::extension(nameOrFile)))
    return createStringError(inconvertibleErrorCode(), "a composite is " + names +
                                                           "or a .yaml file; found '" + nameOrFile +
                                                           "'");
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getFile(nameOrFile, /*IsText=*/true);
  if (!buffer)
    return createStringError(
        buffer.getError(),
        nameOrFile + ": a composite is a readable file; found: " + buffer.getError().message());
  return std::pair((*buffer)->getBuffer().str(), nameOrFile.str());
}

Expected<Composite> Composite::load(StringRef nameOrFile, const rules::MethodTable &table) {
  if (ruleNames(table).empty())
    return createStringError(
        inconvertibleErrorCode(),
        "a composite needs a method with named rules, such as lrp-composite; found '" +
            Twine(StringRef(table.name)) + "'");
  auto found = textOf(nameOrFile);
  if (!found)
    return found.takeError();
  const auto &[text, file] = *found;
  Reader reader{table, file, text};
  std::string error;
  struct Messages {
    std::string &error;
    StringRef file;
  } messages{error, file};
  auto note = [](const SMDiagnostic &diagnostic, void *context) {
    auto &[error, file] = *static_cast<Messages *>(context);
    if (error.empty()) // what follows the first mistake is seldom one of its own
      error = (file + ":" + Twine(diagnostic.getLineNo()) + ": " + diagnostic.getMessage()).str();
  };
  Composite composite;
  yaml::Input input(text, &reader, note, &messages);
  input >> composite;
  if (input.error() || !error.empty())
    return createStringError(inconvertibleErrorCode(),
                             error.empty() ? file + ": a composite has a list `layers`; found none"
                                           : error);
  composite.name = sys::path::stem(file).str();
  return composite;
}

/// A layer's number and their count among the layers with weights, in the order of the network.
static std::pair<int64_t, int64_t> indexAmongWeighted(const Network &network,
                                                      LayerOpInterface layer) {
  int64_t index = -1, count = 0;
  for (mlir::Operation &op : *layer->getBlock()) {
    auto linear = dyn_cast<LinearMapOpInterface>(op);
    if (!linear || !linear.getLinearWeight() || !network.carriesRelevance(op.getResult(0)))
      continue;
    if (&op == layer.getOperation())
      index = count;
    ++count;
  }
  return {index, count};
}

/// Whether a use of `value` is by an op of such a capability, past batch norm and ops that
/// rearrange.
static bool isFollowedBy(mlir::Value value, Capability type) {
  return any_of(value.getUsers(), [&](mlir::Operation *user) {
    auto layer = dyn_cast<LayerOpInterface>(user);
    if (!layer)
      return false;
    Capability capability = capabilityOf(layer);
    if (rules::serves(type, capability))
      return true;
    return (capability == Capability::Normalisation || capability == Capability::Structural) &&
           isFollowedBy(user->getResult(0), type);
  });
}

static int64_t boundOf(StringRef text, const rules::MethodTable &table,
                       const rules::Settings &settings) {
  int64_t number = 0;
  if (!text.getAsInteger(10, number))
    return number;
  for (auto [parameter, value] : zip_equal(table.parameters, settings.values))
    if (StringRef(parameter.name) == text)
      number = int64_t(value.number);
  return number;
}

bool saliency::matches(const CompositeEntry &entry, const rules::MethodTable &table,
                       const rules::Settings &settings, const Network &network,
                       LayerOpInterface layer) {
  const LayerPattern &pattern = entry.pattern;
  Capability capability = capabilityOf(layer);
  mlir::Value result = layer->getResult(0);
  if (!entry.rule.empty() && !rules::findRule(table, capability, entry.rule))
    return false;
  if (pattern.type && !rules::serves(*pattern.type, capability))
    return false;
  if (!pattern.name.empty()) {
    GlobPattern glob = cantFail(GlobPattern::create(pattern.name));
    if (!glob.match(nodeName(layer)) && !glob.match(valueName(result)))
      return false;
  }
  if (pattern.place == LayerPattern::Place::First && !network.isFirstLayer(layer))
    return false;
  if (pattern.place == LayerPattern::Place::Last && !network.isLastLinear(layer))
    return false;
  if (pattern.followedBy && !isFollowedBy(result, *pattern.followedBy))
    return false;
  auto linear = dyn_cast<LinearMapOpInterface>(layer.getOperation());
  if (pattern.kernel && (!linear || linear.getKernelExtent() != *pattern.kernel))
    return false;
  if (!pattern.index)
    return true;
  auto [index, count] = indexAmongWeighted(network, layer);
  auto fromEnd = [count = count](int64_t bound) { return bound < 0 ? bound + count : bound; };
  int64_t low = fromEnd(boundOf(pattern.index->first, table, settings)),
          high = fromEnd(boundOf(pattern.index->second, table, settings));
  return index >= 0 && low <= index && index <= high;
}

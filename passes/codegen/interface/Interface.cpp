// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/interface/Interface.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace saliency {
namespace {

int64_t getInteger(DictionaryAttr from, StringRef name) {
  return from.getAs<IntegerAttr>(name).getInt();
}

SmallVector<int64_t> getShape(DictionaryAttr from, StringRef name) {
  return SmallVector<int64_t>(from.getAs<DenseI64ArrayAttr>(name).asArrayRef());
}

} // namespace

int64_t elementBytes(Type element) {
  int64_t bits = isa<IndexType>(element) ? 64 : element.getIntOrFloatBitWidth();
  return llvm::divideCeil(bits, 8);
}

int64_t bytesOf(ShapedType type) {
  return type.getNumElements() * elementBytes(type.getElementType());
}

// The kernel's floats and classes are those of the C entry.
static_assert(std::is_same_v<std::remove_pointer_t<decltype(saliency_args::maps)>, float>);
static_assert(
    std::is_same_v<std::remove_pointer_t<decltype(saliency_args::resolved_targets)>, int64_t>);

int64_t Interface::layerElements() const {
  if (layers.empty())
    return 0;
  const Layer &last = layers.back();
  return last.offset + ShapedType::getNumElements(last.shape);
}

DictionaryAttr Interface::toAttribute(MLIRContext *context) const {
  Builder b(context);
  auto field = [&](StringRef name, Attribute value) { return b.getNamedAttr(name, value); };
  SmallVector<Attribute> mapList, layerList, tensorList, reportList;
  for (const Map &map : maps)
    mapList.push_back(b.getDictionaryAttr({field("shape", b.getDenseI64ArrayAttr(map.shape)),
                                           field("plane", b.getDenseI64ArrayAttr(map.plane))}));
  for (const ReportRow &row : report)
    reportList.push_back(b.getStrArrayAttr({row.layer, row.kind, row.rule, row.conservation}));
  for (const Layer &layer : layers)
    layerList.push_back(b.getDictionaryAttr({field("name", b.getStringAttr(layer.name)),
                                             field("offset", b.getI64IntegerAttr(layer.offset)),
                                             field("shape", b.getDenseI64ArrayAttr(layer.shape))}));
  for (const Tensor &tensor : tensors)
    tensorList.push_back(
        b.getDictionaryAttr({field("name", b.getStringAttr(tensor.name)),
                             field("classes", b.getBoolAttr(tensor.classes)),
                             field("required", b.getBoolAttr(tensor.required)),
                             field("elements", b.getI64IntegerAttr(tensor.elements))}));
  SmallVector<NamedAttribute> fields = {
      field("input", b.getDenseI64ArrayAttr(input)), field("maps", b.getArrayAttr(mapList)),
      field("classes", b.getI64IntegerAttr(classes)), field("layers", b.getArrayAttr(layerList)),
      field("tensors", b.getArrayAttr(tensorList))};
  if (!reportList.empty())
    fields.push_back(field("report", b.getArrayAttr(reportList)));
  return b.getDictionaryAttr(fields);
}

void Interface::readReport(ArrayAttr rows) {
  for (auto row : rows.getAsRange<ArrayAttr>()) {
    auto text = [&](unsigned i) { return cast<StringAttr>(row[i]).str(); };
    report.push_back({text(0), text(1), text(2), text(3)});
  }
}

FailureOr<Interface> Interface::of(ModuleOp module) {
  auto from = module->getAttrOfType<DictionaryAttr>(kInterfaceAttr);
  if (!from)
    return module.emitError("code generation needs the module attribute '")
           << kInterfaceAttr << "', which --saliency-kernel-interface writes";
  for (StringRef name : {"input", "maps", "classes", "layers", "tensors"})
    if (!from.contains(name))
      return module.emitError("the module attribute '")
             << kInterfaceAttr << "' has a field '" << name << "', found none";
  Interface result;
  result.input = getShape(from, "input");
  for (auto entry : from.getAs<ArrayAttr>("maps").getAsRange<DictionaryAttr>())
    result.maps.push_back({getShape(entry, "shape"), getShape(entry, "plane")});
  result.classes = getInteger(from, "classes");
  for (auto entry : from.getAs<ArrayAttr>("layers").getAsRange<DictionaryAttr>())
    result.layers.push_back({entry.getAs<StringAttr>("name").str(), getInteger(entry, "offset"),
                             getShape(entry, "shape")});
  if (auto rows = from.getAs<ArrayAttr>("report"))
    result.readReport(rows);
  for (auto entry : from.getAs<ArrayAttr>("tensors").getAsRange<DictionaryAttr>())
    result.tensors.push_back(
        {entry.getAs<StringAttr>("name").str(), entry.getAs<BoolAttr>("classes").getValue(),
         entry.getAs<BoolAttr>("required").getValue(), getInteger(entry, "elements")});
  return result;
}

FailureOr<func::FuncOp> findKernel(ModuleOp module) {
  if (auto kernel = module.lookupSymbol<func::FuncOp>(kExplainName))
    return kernel;
  return module.emitError("code generation needs a function @")
         << kExplainName << ", the module has none";
}

} // namespace saliency

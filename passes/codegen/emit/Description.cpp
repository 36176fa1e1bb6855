// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/codegen/emit/Parts.h"
#include "runtime/include/saliency/explainer.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"

using namespace llvm;

namespace saliency {
namespace {

/// Constants in the layout of explainer.h: 64-bit integers, arrays of them and
/// pointers, in the order of the fields.
class Writer {
public:
  explicit Writer(Module &module) : module(module), context(module.getContext()) {}

  Constant *integer(int64_t value) {
    return ConstantInt::getSigned(Type::getInt64Ty(context), value);
  }

  Constant *integers(ArrayRef<int64_t> values, unsigned length) {
    SmallVector<uint64_t> padded(values.begin(), values.end());
    assert(padded.size() <= length);
    padded.resize(length);
    return ConstantDataArray::get(context, padded);
  }

  Constant *string(StringRef text) { return global(ConstantDataArray::getString(context, text)); }

  Constant *structure(ArrayRef<Constant *> fields) {
    return ConstantStruct::getAnon(context, fields);
  }

  /// A pointer to an array, null if it is empty.
  Constant *array(ArrayRef<Constant *> elements) {
    if (elements.empty())
      return ConstantPointerNull::get(PointerType::get(context, 0));
    return global(
        ConstantArray::get(ArrayType::get(elements.front()->getType(), elements.size()), elements));
  }

private:
  Constant *global(Constant *value) {
    return new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                              GlobalValue::PrivateLinkage, value, "saliency_text");
  }

  Module &module;
  LLVMContext &context;
};

Constant *describeMaps(Writer &w, const Interface &interface,
                       ArrayRef<EmitOptions::Method> methods) {
  SmallVector<Constant *> maps;
  for (auto [i, map] : llvm::enumerate(interface.maps)) {
    EmitOptions::Method method = i < methods.size() ? methods[i] : EmitOptions::Method();
    maps.push_back(w.structure(
        {w.string(method.name), w.string(method.parameters), w.integer(map.shape.size()),
         w.integers(map.shape, SALIENCY_MAX_RANK), w.integers(map.plane, 2)}));
  }
  return w.array(maps);
}

Constant *describeLayers(Writer &w, const Interface &interface) {
  SmallVector<Constant *> layers;
  for (const Interface::Layer &layer : interface.layers)
    layers.push_back(
        w.structure({w.string(layer.name), w.integer(layer.offset), w.integer(layer.shape.size()),
                     w.integers(layer.shape, SALIENCY_MAX_RANK)}));
  return w.array(layers);
}

Constant *describeTensors(Writer &w, const Interface &interface) {
  SmallVector<Constant *> tensors;
  for (const Interface::Tensor &tensor : interface.tensors)
    tensors.push_back(
        w.structure({w.string(tensor.name),
                     w.integer(tensor.classes ? SALIENCY_TENSOR_CLASSES : SALIENCY_TENSOR_FLOATS),
                     w.integer(tensor.required), w.integer(tensor.elements)}));
  return w.array(tensors);
}

Constant *describeReport(Writer &w, const Interface &interface) {
  SmallVector<Constant *> rows;
  for (const Interface::ReportRow &row : interface.report)
    rows.push_back(w.structure(
        {w.string(row.layer), w.string(row.kind), w.string(row.rule), w.string(row.conservation)}));
  return w.array(rows);
}

} // namespace

void addDescription(Module &module, const CompiledModel &model) {
  Writer w(module);
  const Interface &interface = model.interface;
  const EmitOptions &options = model.options;
  Constant *value = w.structure({
      w.integer(SALIENCY_ABI_VERSION),
      w.string(options.model),
      w.integer(interface.maps.size()),
      describeMaps(w, interface, options.methods),
      w.integer(interface.batch()),
      w.integer(interface.input.size()),
      w.integers(interface.input, SALIENCY_MAX_RANK),
      w.integer(interface.classes),
      w.integer(model.workspaceBytes),
      w.integer(model.weights.bytes().size()),
      w.integer(static_cast<int64_t>(model.weights.id())),
      w.integer(options.fixedTarget),
      w.integer(interface.layerElements()),
      w.integer(interface.layers.size()),
      describeLayers(w, interface),
      w.integer(interface.tensors.size()),
      describeTensors(w, interface),
      w.integer(interface.report.size()),
      describeReport(w, interface),
  });
  assert(module.getDataLayout().getTypeAllocSize(value->getType()) == sizeof(saliency_interface) &&
         "explainer.h has other fields");
  new GlobalVariable(module, value->getType(), /*isConstant=*/true, GlobalValue::ExternalLinkage,
                     value, "saliency_model_description");
}

} // namespace saliency

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "passes/patterns/PatternEstimator.h"

#include "dialect/ops/Builders.h"
#include "passes/Compiler.h"
#include "passes/DiagnosticText.h"
#include "passes/codegen/emit/Jit.h"
#include "passes/request/ExplainerWorkspace.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace saliency;

static int64_t product(const int64_t *dims, int64_t count) {
  return std::accumulate(dims, dims + count, int64_t(1), std::multiplies<>());
}

/// The compiled network, and the memory of its calls.
struct PatternEstimator::Program {
  explicit Program(JitModel model)
      : jit(std::move(model)), interface(*jit.interface()), workspace(jit.workspaceSize()) {
    if (!workspace)
      throw std::bad_alloc();
    maps.resize(product(interface.maps->dims, interface.maps->rank));
    sums.resize(interface.layer_elements);
  }

  saliency_status run(const float *input, const ParallelLoops &loops) {
    saliency_args args = workspace.arguments(jit.weights().data(), jit.weights().size());
    args.parallel_for = loops.run;
    args.parallel_context = loops.context;
    args.batch = interface.batch;
    args.input = input;
    args.maps = maps.data();
    args.layers = sums.data();
    return jit.explain(&args);
  }

  JitModel jit;
  const saliency_interface &interface;
  ExplainerWorkspace workspace;
  std::vector<float> maps, sums;
};

PatternEstimator::PatternEstimator(std::unique_ptr<Program> program, std::vector<LayerSums> layers)
    : program(std::move(program)), layers(std::move(layers)) {}
PatternEstimator::~PatternEstimator() = default;

const saliency_interface &PatternEstimator::getInterface() const { return program->interface; }

/// The layers of a network in canonical form with their weights; reports weights that are no
/// constants.
static FailureOr<std::vector<LayerSums>> layersOf(ModuleOp module) {
  auto forward = module.lookupSymbol<func::FuncOp>(kForwardName);
  OwningOpRef<func::FuncOp> copy = forward.clone();
  if (failed(exposeLogits(*copy)))
    return failure();
  FailureOr<Network> network = Network::of(*copy);
  if (failed(network))
    return failure();
  std::vector<LayerSums> layers;
  for (LinearMapOpInterface layer : findWeightedLayers(*network)) {
    ElementsAttr attribute;
    if (!matchPattern(layer.getLinearWeight(), m_Constant(&attribute)))
      return layer.emitError(
          "patterns are of layers with constant weights, found weights that are computed");
    FloatElements values(attribute);
    ArrayRef<int64_t> shape = shapeOf(layer.getLinearWeight());
    int64_t size = ShapedType::getNumElements(shape), units = shape.front();
    LayerSums &sums = layers.emplace_back();
    sums.name = valueName(layer->getResult(0)).str();
    sums.shape.assign(shape.begin(), shape.end());
    sums.weights = values.isSplat() ? std::vector<float>(size, *values.begin())
                                    : std::vector<float>(values.begin(), values.end());
    sums.xy.resize(size), sums.x.resize(size), sums.count.resize(units), sums.y.resize(units);
    sums.positions =
        double(ShapedType::getNumElements(shapeOf(layer->getResult(0)).drop_front()) / units);
  }
  if (layers.empty())
    return forward.emitError("patterns are of layers with weights, found none in this network");
  return layers;
}

std::unique_ptr<PatternEstimator> PatternEstimator::create(CompileRequest request,
                                                           std::string &error, int &exitCode) {
  MLIRContext context(compilerDialects());
  ErrorCollector collector(context, error);
  auto fail = [&](Outcome outcome) {
    exitCode = int(outcome);
    return nullptr;
  };
  request.methods = kForwardName.str();
  if (!request.estimator)
    request.estimator = SignalEstimator::TwoComponent;
  request.canonizers.try_emplace(std::string(rules::nameOf(rules::CanonizerKind::FoldBatchNorm)),
                                 true);
  Compiler compiler(context, std::move(request));
  if (Outcome outcome = compiler.load(); outcome != Outcome::Ok)
    return fail(outcome);
  if (Outcome outcome = compiler.advanceTo(Stage::Canonical); outcome != Outcome::Ok)
    return fail(outcome);
  FailureOr<std::vector<LayerSums>> layers = layersOf(compiler.getModule());
  if (failed(layers))
    return fail(Outcome::Unsupported);
  if (Outcome outcome = compiler.advanceTo(Stage::LLVM); outcome != Outcome::Ok)
    return fail(outcome);
  FailureOr<JitModel> jit = JitModel::load(context, compiler.compile());
  if (failed(jit))
    return fail(Outcome::Unsupported);
  auto program = std::make_unique<Program>(std::move(*jit));
  assert(program->interface.layer_count == int64_t(4 * layers->size()) &&
         "four sums for each layer");
  return std::unique_ptr<PatternEstimator>(
      new PatternEstimator(std::move(program), std::move(*layers)));
}

/// Adds [samples][size] to [size]; false where the result is not finite.
static bool addUp(std::vector<double> &sums, const float *results, int64_t samples) {
  for (int64_t sample = 0; sample != samples; ++sample)
    for (double &sum : sums)
      sum += *results++;
  return llvm::all_of(sums, [](double sum) { return std::isfinite(sum); });
}

bool PatternEstimator::add(std::span<const float> inputs, std::string &error,
                           const ParallelLoops &loops) {
  const saliency_interface &model = getInterface();
  size_t size = product(model.input_dims, model.input_rank);
  assert(inputs.size() % size == 0 && "a multiple of the compiled batch");
  for (; !inputs.empty(); inputs = inputs.subspan(size)) {
    if (saliency_status status = program->run(inputs.data(), loops)) {
      error = program->jit.errorString(status);
      return false;
    }
    const saliency_layer *result = model.layers;
    for (LayerSums &layer : layers) {
      layer.samples += double(model.batch);
      for (std::vector<double> *sums : {&layer.xy, &layer.x, &layer.count, &layer.y})
        if (!addUp(*sums, program->sums.data() + result++->offset, model.batch)) {
          error =
              "every sum is finite; found NaN or infinity in those of layer '" + layer.name + "'";
          return false;
        }
    }
  }
  return true;
}

std::vector<LayerPatterns> PatternEstimator::estimate() const {
  std::vector<LayerPatterns> patterns;
  for (const LayerSums &layer : layers)
    patterns.push_back(patternsOf(layer));
  return patterns;
}

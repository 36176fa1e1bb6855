// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/perf/Yardstick.h"

#ifdef SALIENCY_HAVE_DNNL
#include <oneapi/dnnl/dnnl.hpp>
#endif

#include <cstring>

/// oneDNN's threads, if it was built with OpenMP.
extern "C" __attribute__((weak)) void omp_set_num_threads(int);

namespace saliency::test {

#ifdef SALIENCY_HAVE_DNNL
struct Yardstick::Impl {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::convolution_forward convolution;
  dnnl::memory source, weights, destination;
};

Yardstick::Yardstick(const Conv &conv) : impl(std::make_unique<Impl>()) {
  using namespace dnnl;
  if (omp_set_num_threads)
    omp_set_num_threads(1);
  auto any = [](memory::dims dims) {
    return memory::desc(dims, memory::data_type::f32, memory::format_tag::any);
  };
  memory::dims weights = {conv.k, conv.c, conv.kernel, conv.kernel};
  if (conv.groups > 1)
    weights = {conv.groups, conv.k / conv.groups, conv.c / conv.groups, conv.kernel, conv.kernel};
  convolution_forward::desc desc(prop_kind::forward_inference, algorithm::convolution_direct,
                                 any({conv.n, conv.c, conv.inputRows(), conv.inputColumns()}),
                                 any(weights), any({conv.n, conv.k, conv.h, conv.w}),
                                 {conv.stride, conv.stride}, {conv.dilation - 1, conv.dilation - 1},
                                 {0, 0}, {0, 0});
  convolution_forward::primitive_desc primitive(desc, impl->engine);
  impl->source = memory(primitive.src_desc(), impl->engine);
  impl->weights = memory(primitive.weights_desc(), impl->engine);
  impl->destination = memory(primitive.dst_desc(), impl->engine);
  for (memory *buffer : {&impl->source, &impl->weights, &impl->destination})
    std::memset(buffer->get_data_handle(), 0, buffer->get_desc().get_size());
  impl->convolution = convolution_forward(primitive);
}

void Yardstick::run() {
  impl->convolution.execute(impl->stream, {{DNNL_ARG_SRC, impl->source},
                                           {DNNL_ARG_WEIGHTS, impl->weights},
                                           {DNNL_ARG_DST, impl->destination}});
  impl->stream.wait();
}

bool Yardstick::available() const { return true; }
#else
struct Yardstick::Impl {};
Yardstick::Yardstick(const Conv &) {}
void Yardstick::run() {}
bool Yardstick::available() const { return false; }
#endif

Yardstick::~Yardstick() = default;

} // namespace saliency::test

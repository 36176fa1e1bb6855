// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "test/passes/contraction/Forms.h"

#include <sstream>

namespace saliency::test {
namespace {

template <typename T> std::string join(const T &list, const char *separator) {
  std::ostringstream text;
  for (size_t i = 0; i < list.size(); ++i)
    text << (i ? separator : "") << list[i];
  return text.str();
}

std::string type(const Form &form, unsigned i) {
  std::string text = "memref<";
  for (int64_t size : form.shapes[i])
    text += std::to_string(size) + "x";
  text += "f32";
  if (!form.strides[i].empty())
    text += ", strided<[" + join(form.strides[i], ", ") +
            "], offset: " + std::to_string(form.offsets[i]) + ">";
  return text + ">";
}

std::string scaled(const char *name, int64_t factor) {
  return factor == 1 ? name : std::string(name) + " * " + std::to_string(factor);
}

/// Index of the input's row or column that output `o` and tap `k` meet at.
std::string tap(const Conv &conv, const char *o, const char *k) {
  return scaled(o, conv.stride) + " + " + scaled(k, conv.dilation);
}

std::string inputMap(const Conv &conv, const char *channel) {
  return "n, " + tap(conv, "oh", "kh") + ", " + tap(conv, "ow", "kw") +
         (conv.groups > 1 ? ", g, " : ", ") + channel;
}

std::vector<int64_t> grouped(std::vector<int64_t> shape, int64_t groups, int64_t channels) {
  if (groups > 1)
    shape.push_back(groups);
  shape.push_back(channels / groups);
  return shape;
}

void insertLoop(Form &form, const std::string &name, int64_t extent) {
  form.dims.push_back(name);
  form.extents.push_back(extent);
}

std::string describe(const char *what, const Conv &conv) {
  std::ostringstream text;
  text << what << "/" << conv.c << "to" << conv.k << "/" << conv.h << "x" << conv.w << "/k"
       << conv.kernel;
  if (conv.n > 1)
    text << "/n" << conv.n;
  if (conv.stride > 1)
    text << "/s" << conv.stride;
  if (conv.dilation > 1)
    text << "/d" << conv.dilation;
  if (conv.groups > 1)
    text << "/g" << conv.groups;
  if (conv.block)
    text << "/b" << conv.block;
  if (conv.sumLast)
    text << "/sum-last";
  return text.str();
}

/// Loops n, oh, ow and (with groups) g, in front of the channel loops.
Form imageLoops(const char *what, const Conv &conv) {
  Form form;
  form.name = describe(what, conv);
  insertLoop(form, "n", conv.n);
  insertLoop(form, "oh", conv.h);
  insertLoop(form, "ow", conv.w);
  if (conv.groups > 1)
    insertLoop(form, "g", conv.groups);
  return form;
}

void tapLoops(Form &form, const Conv &conv) {
  insertLoop(form, "kh", conv.kernel);
  insertLoop(form, "kw", conv.kernel);
}

/// Marks the named loops as reductions.
Form finish(Form form, const std::string &reductions) {
  for (const std::string &dim : form.dims)
    form.reduction.push_back((" " + reductions + " ").find(" " + dim + " ") != std::string::npos);
  return form;
}

} // namespace

std::string Form::module() const {
  std::ostringstream text;
  std::string loops = "affine_map<(" + join(dims, ", ") + ") -> (";
  text << "func.func @kernel(%lhs: " << type(*this, 0) << ", %rhs: " << type(*this, 1)
       << ", %out: " << type(*this, 2) << ") {\n";
  if (zeroFill)
    text << "  %zero = arith.constant 0.0 : f32\n  linalg.fill ins(%zero : f32)"
         << " outs(%out : " << type(*this, 2) << ")\n";
  text << "  linalg.generic {indexing_maps = [";
  for (unsigned i = 0; i < 3; ++i)
    text << (i ? ", " : "") << loops << maps[i] << ")>";
  text << "], iterator_types = [";
  for (size_t i = 0; i < dims.size(); ++i)
    text << (i ? ", " : "") << (reduction[i] ? "\"reduction\"" : "\"parallel\"");
  text << "]} ins(%lhs, %rhs : " << type(*this, 0) << ", " << type(*this, 1)
       << ") outs(%out : " << type(*this, 2) << ")"
       << (attributes.empty() ? "" : " attrs = {" + attributes + "}")
       << " {\n  ^bb0(%a: f32, %b: f32, %c: f32):\n"
       << lhsFactor << rhsFactor << "    %p = arith.mulf " << (lhsFactor.empty() ? "%a" : "%f")
       << ", " << (rhsFactor.empty() ? "%b" : "%g") << " : f32\n    %s = arith.addf %c, %p : f32\n"
       << "    linalg.yield %s : f32\n  }\n  return\n}\n";
  return text.str();
}

int64_t Form::elements(unsigned i) const {
  int64_t count = 1, span = 1 + offsets[i];
  for (size_t d = 0; d < shapes[i].size(); ++d) {
    count *= shapes[i][d];
    if (!strides[i].empty())
      span += (shapes[i][d] - 1) * strides[i][d];
  }
  return strides[i].empty() ? count : span;
}

double Form::flops() const {
  double count = 2;
  for (int64_t extent : extents)
    count *= extent;
  return count;
}

Form convolution(const Conv &conv) {
  Form form = imageLoops("conv", conv);
  int64_t c = conv.c / conv.groups, k = conv.k / conv.groups;
  const char *group = conv.groups > 1 ? "g, " : "";
  std::vector<int64_t> taps = {conv.kernel, conv.kernel};
  if (conv.block) {
    insertLoop(form, "ko", k / conv.block);
    insertLoop(form, "ki", conv.block);
  } else {
    insertLoop(form, "k", k);
  }
  tapLoops(form, conv);
  insertLoop(form, "c", c);
  form.maps[0] = inputMap(conv, "c");
  form.shapes[0] = grouped({conv.n, conv.inputRows(), conv.inputColumns()}, conv.groups, conv.c);
  if (conv.groups > 1)
    form.shapes[1].push_back(conv.groups);
  if (conv.block) {
    form.maps[1] = std::string(group) + "ko, kh, kw, c, ki";
    form.shapes[1].insert(form.shapes[1].end(),
                          {k / conv.block, conv.kernel, conv.kernel, c, conv.block});
  } else if (conv.sumLast) {
    form.maps[1] = std::string(group) + "k, kh, kw, c";
    form.shapes[1].insert(form.shapes[1].end(), {k, conv.kernel, conv.kernel, c});
  } else {
    form.maps[1] = std::string(group) + "kh, kw, c, k";
    form.shapes[1].insert(form.shapes[1].end(), {conv.kernel, conv.kernel, c, k});
  }
  form.maps[2] = std::string("n, oh, ow, ") + group +
                 (conv.block ? "ko * " + std::to_string(conv.block) + " + ki" : "k");
  form.shapes[2] = grouped({conv.n, conv.h, conv.w}, conv.groups, conv.k);
  return finish(form, "kh kw c");
}

Form adjoint(const Conv &conv) {
  Form form = imageLoops("adjoint", conv);
  const char *group = conv.groups > 1 ? "g, " : "";
  int64_t c = conv.c / conv.groups, k = conv.k / conv.groups;
  insertLoop(form, "k", k);
  tapLoops(form, conv);
  insertLoop(form, "c", c);
  form.maps[0] = std::string("n, oh, ow, ") + group + "k";
  form.shapes[0] = grouped({conv.n, conv.h, conv.w}, conv.groups, conv.k);
  form.maps[1] = std::string(group) + "kh, k, kw, c";
  if (conv.groups > 1)
    form.shapes[1].push_back(conv.groups);
  form.shapes[1].insert(form.shapes[1].end(), {conv.kernel, k, conv.kernel, c});
  form.maps[2] = inputMap(conv, "c");
  form.shapes[2] = grouped({conv.n, conv.inputRows(), conv.inputColumns()}, conv.groups, conv.c);
  return finish(form, "oh ow kh kw k");
}

Form phasedAdjoint(const Conv &conv) {
  Form form;
  form.name = describe("phased-adjoint", conv);
  int64_t s = conv.stride, taps = (conv.kernel + s - 1) / s;
  int64_t rows = (conv.inputRows() + s - 1) / s, columns = (conv.inputColumns() + s - 1) / s;
  form.dims = {"n", "ph", "pw", "ih", "iw", "c", "th", "tw", "k"};
  form.extents = {conv.n, s, s, rows, columns, conv.c, taps, taps, conv.k};
  form.maps = {"n, ih + th, iw + tw, k", "ph, pw, c, th, tw, k", "n, ih, ph, iw, pw, c"};
  form.shapes = {{{conv.n, rows + taps - 1, columns + taps - 1, conv.k},
                  {s, s, conv.c, taps, taps, conv.k},
                  {conv.n, rows, s, columns, s, conv.c}}};
  return finish(form, "th tw k");
}

Form correlation(const Conv &conv) {
  Form form = imageLoops("correlation", conv);
  tapLoops(form, conv);
  const char *group = conv.groups > 1 ? "g, " : "";
  int64_t c = conv.c / conv.groups, k = conv.k / conv.groups;
  insertLoop(form, "c", c);
  insertLoop(form, "k", k);
  form.maps[0] = inputMap(conv, "c");
  form.shapes[0] = grouped({conv.n, conv.inputRows(), conv.inputColumns()}, conv.groups, conv.c);
  form.maps[1] = std::string("n, oh, ow, ") + group + "k";
  form.shapes[1] = grouped({conv.n, conv.h, conv.w}, conv.groups, conv.k);
  form.maps[2] = std::string("n, ") + group + "kh, kw, c, k";
  form.shapes[2] = {conv.n};
  if (conv.groups > 1)
    form.shapes[2].push_back(conv.groups);
  form.shapes[2].insert(form.shapes[2].end(), {conv.kernel, conv.kernel, c, k});
  return finish(form, "oh ow");
}

Form depthwise(const Conv &conv) {
  Form form = imageLoops("depthwise", conv);
  insertLoop(form, "c", conv.c);
  tapLoops(form, conv);
  form.maps = {inputMap(conv, "c"), "kh, kw, c", "n, oh, ow, c"};
  form.shapes = {{{conv.n, conv.inputRows(), conv.inputColumns(), conv.c},
                  {conv.kernel, conv.kernel, conv.c},
                  {conv.n, conv.h, conv.w, conv.c}}};
  return finish(form, "kh kw");
}

Form depthwiseCorrelation(const Conv &conv) {
  Form form = imageLoops("depthwise-correlation", conv);
  insertLoop(form, "c", conv.c);
  tapLoops(form, conv);
  form.maps = {inputMap(conv, "c"), "n, oh, ow, c", "n, kh, kw, c"};
  form.shapes = {{{conv.n, conv.inputRows(), conv.inputColumns(), conv.c},
                  {conv.n, conv.h, conv.w, conv.c},
                  {conv.n, conv.kernel, conv.kernel, conv.c}}};
  return finish(form, "oh ow");
}

Form channelsFirst(const Conv &conv) {
  Form form = imageLoops("channels-first", conv);
  insertLoop(form, "k", conv.k);
  insertLoop(form, "c", conv.c);
  tapLoops(form, conv);
  form.maps = {"n, c, " + tap(conv, "oh", "kh") + ", " + tap(conv, "ow", "kw"), "k, c, kh, kw",
               "n, k, oh, ow"};
  form.shapes = {{{conv.n, conv.c, conv.inputRows(), conv.inputColumns()},
                  {conv.k, conv.c, conv.kernel, conv.kernel},
                  {conv.n, conv.k, conv.h, conv.w}}};
  return finish(form, "kh kw c");
}

Form matmul(int64_t batch, int64_t m, int64_t n, int64_t k, bool transposeA, bool transposeB) {
  Form form;
  std::ostringstream name;
  name << "matmul/" << m << "x" << n << "x" << k << (transposeA ? "/ta" : "")
       << (transposeB ? "/tb" : "");
  if (batch > 1)
    name << "/b" << batch;
  form.name = name.str();
  form.dims = {"b", "m", "n", "k"};
  form.extents = {batch, m, n, k};
  form.maps = {transposeA ? "b, k, m" : "b, m, k", transposeB ? "b, n, k" : "b, k, n", "b, m, n"};
  form.shapes = {{{batch, transposeA ? k : m, transposeA ? m : k},
                  {batch, transposeB ? n : k, transposeB ? k : n},
                  {batch, m, n}}};
  return finish(form, "k");
}

Form gemv(int64_t m, int64_t k, bool transpose) {
  Form form;
  form.name = "gemv/" + std::to_string(m) + "x" + std::to_string(k) + (transpose ? "/t" : "");
  form.dims = {"m", "k"};
  form.extents = {m, k};
  form.maps = {transpose ? "k, m" : "m, k", "k", "m"};
  form.shapes = {{{transpose ? k : m, transpose ? m : k}, {k}, {m}}};
  return finish(form, "k");
}

} // namespace saliency::test

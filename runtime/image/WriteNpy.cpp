// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/image/Npy.h"

namespace saliency {

std::string npyHeader(const std::vector<int64_t> &shape) {
  std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  text += shape.size() == 1 ? ",), }" : "), }";
  constexpr size_t prefix = 10; // signature, version, length
  text.append(63 - (prefix + text.size()) % 64, ' ');
  text += '\n'; // the data begin at a multiple of 64
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 255);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

} // namespace saliency

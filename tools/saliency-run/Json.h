// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SALIENCY_TOOLS_RUN_JSON_H
#define SALIENCY_TOOLS_RUN_JSON_H

#include <cstdint>
#include <string>
#include <string_view>

namespace saliency {

/// Writes one JSON document (RFC 8259) from beginning to end. Commas come by themselves.
class JsonWriter {
public:
  void beginObject() { open('{'); }
  void endObject() { close('}'); }
  void beginArray() { open('['); }
  void endArray() { close(']'); }
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char *text) { value(std::string_view(text)); }
  void value(double number); ///< finite
  void value(int64_t number);

  template <typename T> void field(std::string_view name, const T &content) {
    key(name);
    value(content);
  }

  const std::string &text() const { return document; }

private:
  void open(char bracket);
  void close(char bracket);
  void separate();
  void quote(std::string_view text);

  std::string document;
  size_t depth = 0;
  bool first = true, afterKey = false;
};

} // namespace saliency

#endif // SALIENCY_TOOLS_RUN_JSON_H

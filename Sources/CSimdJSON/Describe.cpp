#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "Nodes.h"

using namespace simdjson;

namespace {

/// Writes JSON text until there is no room.
class Describer {
 public:
  Describer(char *out, size_t capacity) : out(out), capacity(capacity) {}

  size_t used = 0;

  void value(dom::element value) {
    if (full()) return;
    switch (value.type()) {
      case dom::element_type::ARRAY: return list(value.get_array().value_unsafe());
      case dom::element_type::OBJECT: return object(value.get_object().value_unsafe());
      case dom::element_type::STRING: return string(value.get_string().value_unsafe());
      case dom::element_type::BOOL:
        return text(value.get_bool().value_unsafe() ? "true" : "false");
      case dom::element_type::NULL_VALUE: return text("null");
      default: return number(value);
    }
  }

 private:
  char *out;
  size_t capacity;

  bool full() const { return used == capacity; }

  void text(std::string_view text) {
    size_t length = std::min(text.size(), capacity - used);
    std::memcpy(out + used, text.data(), length);
    used += length;
  }

  void number(dom::element value) {
    char digits[40];
    int64_t integer;
    uint64_t natural;
    if (!value.get_int64().get(integer)) {
      std::snprintf(digits, sizeof digits, "%lld", static_cast<long long>(integer));
    } else if (!value.get_uint64().get(natural)) {
      std::snprintf(digits, sizeof digits, "%llu", static_cast<unsigned long long>(natural));
    } else {
      double number = value.get_double().value_unsafe();
      if (std::isnan(number)) return text("NaN");
      if (std::isinf(number)) return text(number < 0 ? "-Infinity" : "Infinity");
      std::snprintf(digits, sizeof digits, "%.15g", number);
      if (std::strtod(digits, nullptr) != number) {
        std::snprintf(digits, sizeof digits, "%.17g", number);
      }
      // What was told from an integer must not look like one.
      if (!std::strpbrk(digits, ".e")) std::strcat(digits, ".0");
    }
    text(digits);
  }

  void string(std::string_view string) {
    text("\"");
    for (char c : string) {
      if (full()) return;
      char escaped[8];
      if (c == '"' || c == '\\') {
        std::snprintf(escaped, sizeof escaped, "\\%c", c);
      } else if (static_cast<unsigned char>(c) < 0x20) {
        std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
      } else {
        std::snprintf(escaped, sizeof escaped, "%c", c);
      }
      text(escaped);
    }
    text("\"");
  }

  void list(dom::array list) {
    text("[");
    bool first = true;
    for (dom::element item : list) {
      if (full()) return;
      if (!first) text(",");
      first = false;
      value(item);
    }
    text("]");
  }

  void object(dom::object object) {
    text("{");
    bool first = true;
    for (auto member : object) {
      if (full()) return;
      if (!first) text(",");
      first = false;
      string(member.key);
      text(":");
      value(member.value);
    }
    text("}");
  }
};

}  // namespace

size_t kjson_describe(kjson_node node, char *out, size_t capacity) {
  Describer describer(out, capacity);
  describer.value(element(node));
  return describer.used;
}

#include "CSimdJSON.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <string>
#include <string_view>
#include <unordered_set>

#include "Library.h"
#include "Nodes.h"
#include "Scanner.h"

using namespace simdjson;

struct kjson_document {
  dom::parser parser;
  size_t depth_limit;
};

namespace {

/// Puts the non-finite numbers where the rewritten text has their placeholders.
void restore(dom::document &document) {
  const double values[3] = {
      std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
      -std::numeric_limits<double>::infinity()};
  uint64_t *tape = document.tape.get();
  const size_t end = tape[0] & internal::JSON_VALUE_MASK;
  for (size_t index = 1; index < end; index++) {
    switch (static_cast<internal::tape_type>(tape[index] >> 56)) {
      case internal::tape_type::DOUBLE:
        index++;
        for (int which = 0; which < 3; which++) {
          if (as<double>(tape[index]) == Scanner::placeholders[which]) {
            tape[index] = as<uint64_t>(values[which]);
            break;
          }
        }
        break;
      case internal::tape_type::INT64:
      case internal::tape_type::UINT64:
        index++;
        break;
      default:
        break;
    }
  }
}

bool parse(
    kjson_document &document, const char *text, size_t size, kjson_node *root,
    kjson_error *error) {
  dom::element value;
  error_code code = document.parser.parse(text, size, false).get(value);
  if (code == MEMALLOC || code == CAPACITY) {
    *error = {"The document is too large", 0};
    return false;
  }
  if (code) {
    std::string rewritten;
    if (!Scanner::scan(text, size, document.depth_limit, rewritten, *error)) return false;
    code = document.parser.parse(rewritten.data(), rewritten.size(), true).get(value);
    if (code) {
      *error = {message_of(code), 0};
      return false;
    }
    restore(document.parser.doc);
  }
  *root = node(value);
  return true;
}

/// Finds a key that comes again; a set pays only for objects of many members.
bool find_repeated(dom::object object, std::string_view &repeated) {
  const size_t small = 16;
  std::string_view first[small];
  std::unordered_set<std::string_view> others;
  size_t seen = 0;
  for (auto member : object) {
    const auto end = first + std::min(seen, small);
    repeated = member.key;
    if (std::find(first, end, repeated) != end) return true;
    if (seen < small) {
      first[seen] = repeated;
    } else if (!others.insert(repeated).second) {
      return true;
    }
    seen++;
  }
  return false;
}

}  // namespace

kjson_document *kjson_create(size_t depth_limit) {
  if (kjson_open()) return nullptr;
  kjson_document *document = new (std::nothrow) kjson_document{dom::parser(), depth_limit};
  if (document && document->parser.allocate(1 << 12, depth_limit)) {
    delete document;
    return nullptr;
  }
  return document;
}

void kjson_destroy(kjson_document *document) { delete document; }

size_t kjson_padding(void) { return SIMDJSON_PADDING; }

size_t kjson_capacity(const kjson_document *document) { return document->parser.capacity(); }

bool kjson_parse(
    kjson_document *document, const char *text, size_t count, kjson_node *root,
    kjson_error *error) {
  try {
    return parse(*document, text, count, root, error);
  } catch (const std::bad_alloc &) {
    *error = {"The document is too large", 0};
    return false;
  }
}

kjson_kind kjson_kind_of(kjson_node node) {
  switch (element(node).type()) {
    case dom::element_type::ARRAY: return KJSON_ARRAY;
    case dom::element_type::OBJECT: return KJSON_OBJECT;
    case dom::element_type::STRING: return KJSON_STRING;
    case dom::element_type::BOOL:
      return element(node).get_bool().value_unsafe() ? KJSON_TRUE : KJSON_FALSE;
    case dom::element_type::NULL_VALUE: return KJSON_NULL;
    default: return KJSON_NUMBER;
  }
}

const char *kjson_string(kjson_node node, size_t *count) {
  const char *bytes = nullptr;
  if (element(node).get_c_str().get(bytes)) return nullptr;
  if (element(node).get_string_length().get(*count)) return nullptr;
  return bytes;
}

double kjson_double(kjson_node node) {
  double value = 0;
  return element(node).get_double().get(value) ? std::numeric_limits<double>::quiet_NaN() : value;
}

bool kjson_integer(kjson_node node, int64_t *value) {
  return !element(node).get_int64().get(*value);
}

size_t kjson_count(kjson_node node) {
  dom::array list;
  if (!element(node).get_array().get(list)) return count(list);
  dom::object object;
  if (element(node).get_object().get(object)) return 0;
  size_t members = 0;
  for (auto member : object) {
    (void)member;
    members++;
  }
  return members;
}

bool kjson_member(kjson_node object, const char *key, size_t key_count, kjson_node *value) {
  dom::element found;
  if (element(object).at_key(std::string_view(key, key_count)).get(found)) return false;
  *value = node(found);
  return true;
}

bool kjson_repeated_key(kjson_node start, const char **key, size_t *key_count) {
  dom::object object;
  if (element(start).get_object().get(object)) return false;
  try {
    std::string_view repeated;
    if (!find_repeated(object, repeated)) return false;
    *key = repeated.data();
    *key_count = repeated.size();
    return true;
  } catch (const std::bad_alloc &) {
    return false;
  }
}

kjson_cursor kjson_begin(kjson_node start) {
  dom::array list;
  if (!element(start).get_array().get(list)) {
    return {as<kjson_node>(list.begin()), as<kjson_node>(list.end())};
  }
  dom::object object;
  if (element(start).get_object().get(object)) return {start, start};
  return {as<kjson_node>(object.begin()), as<kjson_node>(object.end())};
}

bool kjson_next_element(kjson_cursor *cursor, kjson_node *value) {
  auto at = as<dom::array::iterator>(cursor->at);
  if (!(at != as<dom::array::iterator>(cursor->end))) return false;
  *value = node(*at);
  cursor->at = as<kjson_node>(++at);
  return true;
}

bool kjson_next_member(
    kjson_cursor *cursor, const char **key, size_t *key_count, kjson_node *value) {
  auto at = as<dom::object::iterator>(cursor->at);
  if (!(at != as<dom::object::iterator>(cursor->end))) return false;
  *key = at.key_c_str();
  *key_count = at.key_length();
  *value = node(at.value());
  cursor->at = as<kjson_node>(++at);
  return true;
}

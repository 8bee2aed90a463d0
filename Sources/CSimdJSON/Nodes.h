#pragma once

#include <simdjson.h>

#include <cstring>
#include <type_traits>

#include "CSimdJSON.h"

/// Between simdjson's values and the plain ones that cross the C border: the same bytes.
template <class To, class From>
inline To as(const From &from) {
  static_assert(sizeof(To) == sizeof(From), "both are a document and an index");
  static_assert(std::is_trivially_copyable<To>::value, "bytes are all there is");
  static_assert(std::is_trivially_copyable<From>::value, "bytes are all there is");
  To to;
  std::memcpy(static_cast<void *>(&to), &from, sizeof to);
  return to;
}

inline simdjson::dom::element element(kjson_node node) {
  return as<simdjson::dom::element>(node);
}

inline kjson_node node(simdjson::dom::element element) { return as<kjson_node>(element); }

/// The elements of `list`, which counts them itself up to a limit.
inline size_t count(simdjson::dom::array list) {
  const size_t saturated = 0xFFFFFF;
  size_t size = list.size();
  if (size < saturated) return size;
  size = 0;
  for (auto element : list) {
    (void)element;
    size++;
  }
  return size;
}

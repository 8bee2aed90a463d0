#include <limits>

#include "Base64.h"
#include "Nodes.h"

using namespace simdjson;

namespace {

/// A string, or the bytes of `{"b64": "…"}`, which are decoded where the string stands when they are
/// wanted.
bool convert_text(dom::element value, kjson_text &out, bool is_wanted) {
  if (!value.get_c_str().get(out.start)) return !value.get_string_length().get(out.count);
  dom::object object;
  if (value.get_object().get(object) || object.size() != 1) return false;
  dom::element coded;
  if (object.at_key("b64").get(coded) || coded.get_c_str().get(out.start)) return false;
  size_t count = 0;
  if (coded.get_string_length().get(count)) return false;
  char *place = is_wanted ? const_cast<char *>(out.start) : nullptr;
  return base64_decode(out.start, count, place, &out.count);
}

/// A value as an element of the type; false where it is none, or is out of range.
template <class T>
bool convert(dom::element value, T &out) {
  if constexpr (std::is_same<T, bool>::value) {
    return !value.get_bool().get(out);
  } else if constexpr (std::is_floating_point<T>::value) {
    double number;
    if (value.get_double().get(number)) return false;
    out = static_cast<T>(number);
    return true;
  } else if constexpr (std::is_same<T, uint64_t>::value) {
    return !value.get_uint64().get(out);
  } else {
    int64_t number;
    if (value.get_int64().get(number)) return false;
    out = static_cast<T>(number);
    return static_cast<int64_t>(out) == number;
  }
}

template <class T>
struct Reader {
  const size_t *sizes;
  size_t rank;
  T *out;
  kjson_mismatch *mismatch;

  bool store(dom::element value) {
    T number;
    if constexpr (std::is_same<T, kjson_text>::value) {
      if (!convert_text(value, number, out != nullptr)) return false;
    } else {
      if (!convert(value, number)) return false;
    }
    if (out) *out++ = number;
    return true;
  }

  bool fail(
      kjson_difference difference, size_t level, dom::element value, size_t found = 0,
      size_t expected = 0) {
    *mismatch = {difference, level, found, expected, node(value)};
    return false;
  }

  bool read(dom::element value, size_t level) {
    dom::array list;
    if (value.get_array().get(list)) {
      if (level != rank) return fail(KJSON_LIST_EXPECTED, level, value);
      return store(value) || fail(KJSON_WRONG_TYPE, level, value);
    }
    if (level >= rank) return fail(KJSON_LIST_TOO_DEEP, level, value);
    size_t found = count(list);
    if (found != sizes[level]) return fail(KJSON_WRONG_SIZE, level, value, found, sizes[level]);
    for (dom::element item : list) {
      if (!read(item, level + 1)) return false;
    }
    return true;
  }
};

template <class T>
bool read(
    kjson_node node, const size_t *sizes, size_t rank, void *out, kjson_mismatch *mismatch) {
  return Reader<T>{sizes, rank, static_cast<T *>(out), mismatch}.read(element(node), 0);
}

}  // namespace

size_t kjson_shape(kjson_node node, size_t *sizes, size_t capacity) {
  size_t rank = 0;
  dom::element value = element(node);
  dom::array list;
  while (!value.get_array().get(list)) {
    size_t size = count(list);
    if (rank < capacity) sizes[rank] = size;
    rank++;
    if (size == 0) break;
    value = *list.begin();
  }
  return rank;
}

bool kjson_read(
    kjson_node node, kjson_element type, const size_t *sizes, size_t rank, void *out,
    kjson_mismatch *mismatch) {
  switch (type) {
    case KJSON_FLOAT32: return read<float>(node, sizes, rank, out, mismatch);
    case KJSON_FLOAT64: return read<double>(node, sizes, rank, out, mismatch);
    case KJSON_INT8: return read<int8_t>(node, sizes, rank, out, mismatch);
    case KJSON_INT16: return read<int16_t>(node, sizes, rank, out, mismatch);
    case KJSON_INT32: return read<int32_t>(node, sizes, rank, out, mismatch);
    case KJSON_INT64: return read<int64_t>(node, sizes, rank, out, mismatch);
    case KJSON_UINT8: return read<uint8_t>(node, sizes, rank, out, mismatch);
    case KJSON_UINT16: return read<uint16_t>(node, sizes, rank, out, mismatch);
    case KJSON_UINT32: return read<uint32_t>(node, sizes, rank, out, mismatch);
    case KJSON_UINT64: return read<uint64_t>(node, sizes, rank, out, mismatch);
    case KJSON_BOOL: return read<bool>(node, sizes, rank, out, mismatch);
    case KJSON_TEXT: return read<kjson_text>(node, sizes, rank, out, mismatch);
  }
  return false;
}

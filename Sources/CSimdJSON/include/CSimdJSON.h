#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A JSON document, and the memory to parse the next one into.
typedef struct kjson_document kjson_document;

/// A value in a document; valid until the document is parsed into again or destroyed.
typedef struct {
  const void *document;
  size_t index;
} kjson_node;

/// A place among an array's elements or an object's members.
typedef struct {
  kjson_node at;
  kjson_node end;
} kjson_cursor;

/// What a value is.
typedef enum {
  KJSON_NULL,
  KJSON_FALSE,
  KJSON_TRUE,
  KJSON_NUMBER,
  KJSON_STRING,
  KJSON_ARRAY,
  KJSON_OBJECT,
} kjson_kind;

/// The bytes of a string in a document.
typedef struct {
  const char *start;
  size_t count;
} kjson_text;

/// The type of the elements that an array is read into.
typedef enum {
  KJSON_FLOAT32,
  KJSON_FLOAT64,
  KJSON_INT8,
  KJSON_INT16,
  KJSON_INT32,
  KJSON_INT64,
  KJSON_UINT8,
  KJSON_UINT16,
  KJSON_UINT32,
  KJSON_UINT64,
  KJSON_BOOL,
  /// `kjson_text`, valid as long as the document's values.
  KJSON_TEXT,
} kjson_element;

/// Why a text is not JSON: a reason that lives for ever, and the byte where it shows.
typedef struct {
  const char *reason;
  size_t offset;
} kjson_error;

/// How a value differs from the array that was to be read.
typedef enum {
  /// A single value stands where a list is expected.
  KJSON_LIST_EXPECTED,
  /// A list stands where a single value is expected.
  KJSON_LIST_TOO_DEEP,
  /// A list has another size than its sisters.
  KJSON_WRONG_SIZE,
  /// A value is not of the type, or not in its range.
  KJSON_WRONG_TYPE,
} kjson_difference;

/// Where an array cannot be read.
typedef struct {
  kjson_difference difference;
  size_t level;
  size_t found;
  size_t expected;
  kjson_node node;
} kjson_mismatch;

/// Opens simdjson, once for the process, where it is opened late: it brings libstdc++, which no other
/// command than a server needs. NULL, or why that is not possible.
const char *kjson_open(void);

/// A document whose lists and objects nest at most `depth_limit` deep; NULL without memory or the
/// library.
kjson_document *kjson_create(size_t depth_limit);
void kjson_destroy(kjson_document *document);

/// How many readable bytes, of any value, must follow a text.
size_t kjson_padding(void);

/// The longest text that the memory at hand holds.
size_t kjson_capacity(const kjson_document *document);

/// Parses a text. Beyond standard JSON, the tokens NaN, Infinity and -Infinity are numbers, and an
/// integer may have any number of digits.
bool kjson_parse(
    kjson_document *document, const char *text, size_t count, kjson_node *root,
    kjson_error *error);

kjson_kind kjson_kind_of(kjson_node node);

/// The UTF-8 bytes of a string, which may hold zeros; NULL for any other value.
const char *kjson_string(kjson_node node, size_t *count);

/// A number as a double; NaN for any other value.
double kjson_double(kjson_node node);

/// Reads an integer without a fraction or an exponent that fits.
bool kjson_integer(kjson_node node, int64_t *value);

/// The elements of an array or the members of an object; 0 for any other value.
size_t kjson_count(kjson_node node);

/// Finds the first member of an object with the given key.
bool kjson_member(kjson_node object, const char *key, size_t key_count, kjson_node *value);

/// Finds a key that an object holds more than once; false where there is none.
bool kjson_repeated_key(kjson_node object, const char **key, size_t *key_count);

/// Begins to walk an array or an object.
kjson_cursor kjson_begin(kjson_node node);
bool kjson_next_element(kjson_cursor *cursor, kjson_node *value);
bool kjson_next_member(
    kjson_cursor *cursor, const char **key, size_t *key_count, kjson_node *value);

/// The sizes of nested lists, judged by the first element of each, and their number. Where lists
/// nest deeper than `capacity`, the number is greater than `capacity`.
size_t kjson_shape(kjson_node node, size_t *sizes, size_t capacity);

/// Reads nested lists of exactly the given sizes; `out` has room for all of their elements, or is
/// NULL where they are only checked.
bool kjson_read(
    kjson_node node, kjson_element type, const size_t *sizes, size_t rank, void *out,
    kjson_mismatch *mismatch);

/// Writes a value as JSON text, cut where it exceeds `capacity` bytes; the bytes written.
size_t kjson_describe(kjson_node node, char *out, size_t capacity);

#ifdef __cplusplus
}
#endif

#include "Scanner.h"

#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

const char *const placeholderTexts[3] = {
    "7.3914528816529012e-289", "3.1172058837745517e-291", "9.0426117753200913e-293"};

struct Token {
  const char *text;
  int placeholder;
};

// Longer ones come before their beginnings.
const Token nonFinite[] = {{"NaN", 0},       {"Infinity", 1}, {"Inf", 1},
                           {"-Infinity", 2}, {"-Inf", 2}};

struct Fault {
  const char *reason;
  size_t offset;
};

class Walk {
 public:
  Walk(const char *text, size_t count, size_t depthLimit, std::string &out)
      : text(text), count(count), depthLimit(depthLimit), out(out) {}

  void document() {
    space();
    if (at == count) throw Fault{"The document is empty", at};
    do {
      value();
    } while (following());
    space();
    if (at < count) throw Fault{"The document root must not be followed by other values", at};
    keep();
  }

 private:
  const char *text;
  size_t count;
  size_t depthLimit;
  std::string &out;
  size_t at = 0;
  size_t kept = 0;
  std::vector<char> open;

  int peek() const { return at < count ? static_cast<unsigned char>(text[at]) : -1; }

  void space() {
    while (at < count && std::strchr(" \t\r\n", text[at]) && text[at]) at++;
  }

  bool starts(const char *word) const {
    size_t length = std::strlen(word);
    return count - at >= length && std::memcmp(text + at, word, length) == 0;
  }

  /// Copies what was not copied yet, up to here.
  void keep() {
    out.append(text + kept, at - kept);
    kept = at;
  }

  void replace(size_t length, const char *with) {
    keep();
    out += with;
    at += length;
    kept = at;
  }

  /// A value, or the beginning of a list or an object up to its first value.
  void value() {
    for (;;) {
      space();
      int c = peek();
      if (c != '[' && c != '{') return scalar(c);
      if (open.size() == depthLimit) throw Fault{"Lists and objects nest too deeply", at};
      open.push_back(static_cast<char>(c));
      at++;
      space();
      if (peek() == (c == '[' ? ']' : '}')) return;
      if (c == '{') name();
    }
  }

  /// Goes past the ends of lists and objects to the next value; false at the document's end.
  bool following() {
    while (!open.empty()) {
      space();
      bool list = open.back() == '[';
      if (peek() == (list ? ']' : '}')) {
        at++;
        open.pop_back();
        continue;
      }
      if (peek() != ',') {
        throw Fault{
            list ? "Missing a comma or ] after an array element"
                 : "Missing a comma or } after an object member",
            at};
      }
      at++;
      if (!list) {
        space();
        name();
      }
      return true;
    }
    return false;
  }

  void name() {
    if (peek() != '"') throw Fault{"Missing a name for object member", at};
    string();
    space();
    if (peek() != ':') throw Fault{"Missing a colon after a name of object member", at};
    at++;
  }

  void scalar(int c) {
    if (c == '"') return string();
    for (const char *word : {"true", "false", "null"}) {
      if (starts(word)) {
        at += std::strlen(word);
        return;
      }
    }
    for (const Token &token : nonFinite) {
      if (starts(token.text)) {
        return replace(std::strlen(token.text), placeholderTexts[token.placeholder]);
      }
    }
    number();
  }

  void digits() {
    while (peek() >= '0' && peek() <= '9') at++;
  }

  void number() {
    size_t start = at;
    if (peek() == '-') at++;
    size_t integer = at;
    digits();
    if (at == integer) throw Fault{"Invalid value", start};
    if (text[integer] == '0' && at - integer > 1) throw Fault{"Invalid value", start};
    bool whole = true;
    if (peek() == '.') {
      whole = false;
      size_t fraction = ++at;
      digits();
      if (at == fraction) throw Fault{"Miss fraction part in number", at};
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      at++;
      if (peek() == '+' || peek() == '-') at++;
      size_t exponent = at;
      digits();
      if (at == exponent) throw Fault{"Miss exponent in number", at};
    }
    std::string token(text + start, at - start);
    if (std::isinf(std::strtod(token.c_str(), nullptr))) {
      throw Fault{"Number too big to be stored in double", start};
    }
    if (whole && !fits(token)) {
      keep();
      out += ".0";
    }
  }

  static bool fits(const std::string &integer) {
    errno = 0;
    if (integer[0] == '-') {
      std::strtoll(integer.c_str(), nullptr, 10);
    } else {
      std::strtoull(integer.c_str(), nullptr, 10);
    }
    return errno != ERANGE;
  }

  void string() {
    size_t start = at++;
    for (;;) {
      int c = peek();
      if (c < 0) throw Fault{"Missing a closing quotation mark in string", start};
      if (c < 0x20) throw Fault{"Invalid encoding in string", at};
      if (c == '"') break;
      if (c == '\\') {
        escape();
      } else if (c < 0x80) {
        at++;
      } else {
        multibyte(c);
      }
    }
    at++;
  }

  void escape() {
    size_t start = at++;
    int c = peek();
    if (c != 'u') {
      if (c < 0 || !std::strchr("\"\\/bfnrt", c)) {
        throw Fault{"Invalid escape character in string", start};
      }
      at++;
      return;
    }
    unsigned high = hexadecimal();
    if (high < 0xD800 || high > 0xDFFF) return;
    if (high > 0xDBFF || !starts("\\u")) {
      throw Fault{"The surrogate pair in string is invalid", start};
    }
    at++;
    unsigned low = hexadecimal();
    if (low < 0xDC00 || low > 0xDFFF) {
      throw Fault{"The surrogate pair in string is invalid", start};
    }
  }

  /// The four digits after the `u` here.
  unsigned hexadecimal() {
    unsigned value = 0;
    at++;
    for (int digit = 0; digit < 4; digit++, at++) {
      int c = peek();
      if (c < 0 || !std::isxdigit(c)) {
        throw Fault{"Incorrect hex digit after \\u escape in string", at};
      }
      value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
  }

  void multibyte(int first) {
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    unsigned least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
    unsigned value = static_cast<unsigned>(first) & (0x7Fu >> length);
    size_t start = at;
    bool valid = first >= 0xC2 && first <= 0xF4;
    for (at++; valid && --length > 0; at++) {
      int c = peek();
      valid = c >= 0x80 && c <= 0xBF;
      value = value << 6 | (static_cast<unsigned>(c) & 0x3F);
    }
    valid = valid && value >= least && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
    if (!valid) throw Fault{"Invalid encoding in string", start};
  }
};

}  // namespace

const double Scanner::placeholders[3] = {
    7.3914528816529012e-289, 3.1172058837745517e-291, 9.0426117753200913e-293};

bool Scanner::scan(
    const char *text, size_t count, size_t depth_limit, std::string &rewritten,
    kjson_error &error) {
  rewritten.clear();
  try {
    Walk(text, count, depth_limit, rewritten).document();
    return true;
  } catch (const Fault &fault) {
    error = {fault.reason, fault.offset};
    return false;
  }
}

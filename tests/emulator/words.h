#pragma once
/// PTX as words: names, numbers and single characters, with the line of each.
#include <cctype>
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>

namespace emulator {

class words {
 public:
  words(std::string_view text, int line) : text_(text), line_(line) { read(); }

  bool end() const { return word_.empty(); }
  std::string_view peek() const { return word_; }
  int line() const { return line_of_word_; }

  std::string_view next() {
    const std::string_view word = word_;
    read();
    return word;
  }
  bool take(std::string_view word) {
    if (word_ != word) return false;
    read();
    return true;
  }
  void expect(std::string_view word) {
    if (!take(word))
      wrong("'" + std::string(word) + "' expected, not '" + std::string(word_) + "'");
  }
  int number() {
    int n = 0;
    const std::string_view word = next();
    if (std::from_chars(word.data(), word.data() + word.size(), n).ec != std::errc{}) {
      wrong("no number: " + std::string(word));
    }
    return n;
  }
  void skip_line() {
    const int line = line_of_word_;
    while (!end() && line_of_word_ == line) read();
  }
  [[noreturn]] void wrong(const std::string& what) const {
    throw std::runtime_error("PTX, line " + std::to_string(line_of_word_) + ": " + what);
  }

 private:
  static bool in_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '%' ||
           c == '.' || c == '-';
  }
  void read() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_.substr(at_, 2) == "//")
        at_ = std::min(text_.find('\n', at_), text_.size()) - 1;
      else if (!std::isspace(static_cast<unsigned char>(text_[at_])))
        break;
    }
    line_of_word_ = line_;
    const std::size_t from = at_;
    if (at_ < text_.size() && text_[at_] == '"') {
      at_ = std::min(text_.find('"', at_ + 1), text_.size() - 1) + 1;
    } else if (at_ < text_.size() && !in_word(text_[at_])) {
      ++at_;
    } else {
      while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    }
    word_ = text_.substr(from, at_ - from);
  }

  std::string_view text_, word_;
  std::size_t at_ = 0;
  int line_, line_of_word_ = 0;
};

}  // namespace emulator

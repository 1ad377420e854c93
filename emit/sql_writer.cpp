#include "emit/sql_writer.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "target/quote.h"

namespace pg2crdb {
namespace {

/// Of the words that PL/pgSQL's scanner takes for nothing but its own, those that SQL does not reserve.
constexpr std::array<std::string_view, 9> plpgsql_words = {"begin", "by",     "declare", "execute", "foreach",
                                                           "if",    "strict", "loop",    "while"};

/// CockroachDB's scanner has it for its own errors.
constexpr std::string_view refused_word = "error";

}  // namespace

void SqlWriter::ident(std::string_view name) {
  space();
  const bool is_word =
      in_body_ && (std::ranges::find(plpgsql_words, name) != plpgsql_words.end() || name == refused_word);
  if (is_word) {
    text_.append(1, '"').append(name).append(1, '"');
  } else {
    append_identifier(text_, name);
  }
}

void SqlWriter::name(const ast::Name& name) {
  if (!name.schema.empty()) {
    ident(name.schema);
    glue(".");
  }
  ident(name.name);
}

void SqlWriter::dotted(const std::vector<std::string>& names) {
  bool first = true;
  for (const std::string& part : names) {
    if (!first) glue(".");
    first = false;
    ident(part);
  }
}

void SqlWriter::variable(const std::vector<std::string>& names) {
  const bool is_row = !names.empty() && (names[0] == "new" || names[0] == "old");
  if (!in_body_ || names.empty() || !(is_row || (names.size() == 1 && names[0].starts_with("tg_"))))
    return dotted(names);
  std::string word = names[0];
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::toupper(c); });
  keyword(word);
  if (names.size() == 1) return;
  glue(".");
  dotted({names.begin() + 1, names.end()});
}

void SqlWriter::literal(std::string_view text) {
  space();
  append_literal(text_, text);
}

void SqlWriter::dollar_quoted(std::string_view text) {
  // The end of the text and the tag together may hold the tag earlier: `...$` before `$$`.
  const auto ends_early = [text](const std::string& tag) {
    if (text.find(tag) != std::string_view::npos) return true;
    const size_t tail = text.size() < tag.size() ? text.size() : tag.size();
    std::string end(text.substr(text.size() - tail));
    end += tag;
    return end.find(tag) != tail;
  };
  std::string tag = "$$";
  for (int number = 0; ends_early(tag); ++number) {
    tag = number == 0 ? std::string("$body$") : "$body" + std::to_string(number) + "$";
  }
  space();
  text_ += tag;
  text_ += text;
  text_ += tag;
}

}  // namespace pg2crdb

#include "bind/own_aggregates.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "parser/parser.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {
namespace {

using transform::Token;

class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text), tokens_(transform::scan(text).tokens) {}

  std::optional<OwnAggregate> run() {
    OwnAggregate aggregate;
    aggregate.name = created();
    const std::optional<std::vector<ast::TypeName>> arguments = parenthesized_types();
    if (aggregate.name.empty() || !arguments || arguments->size() != 1 || !take("(")) return std::nullopt;
    aggregate.argument = arguments->front();
    do {
      if (!option(aggregate)) return std::nullopt;
    } while (take(","));
    const bool is_whole = take(")") && at_ == tokens_.size();
    if (!is_whole || aggregate.state_function.empty() || aggregate.state.empty()) return std::nullopt;
    return aggregate;
  }

  std::optional<std::vector<ast::TypeName>> arguments() {
    created();
    return parenthesized_types();
  }

 private:
  ast::Name created() {
    while (at_ < tokens_.size() && !tokens_[at_].is("aggregate")) ++at_;
    ++at_;
    return name();
  }

  bool take(std::string_view word) {
    if (at_ >= tokens_.size() || !tokens_[at_].is(word)) return false;
    ++at_;
    return true;
  }

  ast::Name name() {
    ast::Name result;
    if (at_ < tokens_.size() && tokens_[at_].is_name()) result.name = tokens_[at_++].name();
    if (at_ + 1 < tokens_.size() && tokens_[at_].is(".") && tokens_[at_ + 1].is_name()) {
      result.schema = result.name;
      result.name = tokens_[at_ + 1].name();
      at_ += 2;
    }
    return result;
  }

  /// The type from here on, up to the comma or parenthesis behind it.
  std::optional<ast::TypeName> type() {
    const size_t first = at_;
    for (int depth = 0; at_ < tokens_.size(); ++at_) {
      if (depth == 0 && (tokens_[at_].is(",") || tokens_[at_].is(")"))) break;
      depth += tokens_[at_].is("(") ? 1 : tokens_[at_].is(")") ? -1 : 0;
    }
    if (first == at_ || at_ == tokens_.size()) return std::nullopt;
    return parse_type(text_.substr(tokens_[first].begin, tokens_[at_ - 1].end - tokens_[first].begin));
  }

  std::optional<std::vector<ast::TypeName>> parenthesized_types() {
    if (!take("(")) return std::nullopt;
    std::vector<ast::TypeName> types;
    do {
      std::optional<ast::TypeName> one = type();
      if (!one) return std::nullopt;
      types.push_back(std::move(*one));
    } while (take(","));
    return take(")") ? std::optional(std::move(types)) : std::nullopt;
  }

  bool option(OwnAggregate& aggregate) {
    if (at_ + 2 >= tokens_.size() || !tokens_[at_ + 1].is("=")) return false;
    const Token& word = tokens_[at_];
    at_ += 2;
    if (word.is("sfunc")) {
      aggregate.state_function = name();
    } else if (word.is("stype")) {
      aggregate.state = type().value_or(ast::TypeName());
    } else if (word.is("finalfunc")) {
      aggregate.final_function = name();
    } else if (word.is("initcond") && tokens_[at_].kind == Token::Kind::string &&
               tokens_[at_].text.starts_with('\'')) {
      const std::string_view text = tokens_[at_++].text;
      aggregate.initial = text.substr(1, text.size() - 2);
    } else if (word.is("parallel")) {
      ++at_;
    } else {
      return false;
    }
    return true;
  }

  const std::string& text_;
  const std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace

std::optional<OwnAggregate> read_aggregate(const ast::Script& script, const ast::Statement& statement) {
  const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
  if (opaque == nullptr || opaque->kind != "CREATE AGGREGATE") return std::nullopt;
  std::optional<OwnAggregate> aggregate = Reader(opaque->text).run();
  const auto made = std::ranges::find_if(script.objects, [&](const ast::Object& one) {
    return one.kind == ast::ObjectKind::aggregate && one.created == statement.id;
  });
  if (!aggregate || made == script.objects.end()) return std::nullopt;
  aggregate->object = static_cast<ast::ObjectId>(made - script.objects.begin());
  return aggregate;
}

std::optional<std::vector<ast::TypeName>> aggregate_arguments(const std::string& text) {
  return Reader(text).arguments();
}

bool names(const std::string& text, const std::string& name) {
  if (text.find(name) == std::string::npos) return false;
  return std::ranges::any_of(transform::scan(text).tokens,
                             [&](const Token& token) { return token.is_name() && token.name() == name; });
}

}  // namespace pg2crdb::bind

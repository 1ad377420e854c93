#include "routines/readers.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "parser/sql_tokens.h"
#include "target/function_volatility.h"

namespace pg2crdb::routines {
namespace {

using transform::Token;

/// Words of statements and clauses that do more, or that nobody looks into.
constexpr std::string_view doing[] = {
    "alter", "call",  "close",  "commit",   "copy", "create", "delete",   "drop",   "execute",
    "fetch", "grant", "insert", "listen",   "lock", "merge",  "move",     "notify", "open",
    "raise", "reset", "revoke", "rollback", "set",  "share",  "truncate", "update"};
template <class Range>
bool contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

class Reader {
 public:
  explicit Reader(const ast::Catalog& catalog) : catalog_(catalog) {}

  bool reads_only(const ast::CreateFunction& function) {
    if (!seen_.insert(&function).second) return true;
    if (function.body.size() != 1 || (function.language != "sql" && function.language != "plpgsql"))
      return false;
    const std::vector<Token> tokens = transform::scan(function.body[0]).tokens;
    for (size_t i = 0; i < tokens.size(); ++i) {
      const bool is_field = i > 0 && tokens[i - 1].is(".");
      const bool is_plain = tokens[i].kind != Token::Kind::quoted_word && tokens[i].is_name();
      if (is_plain && !is_field && contains(doing, tokens[i].name())) return false;
      const bool is_call = tokens[i].is_name() && i + 1 < tokens.size() && tokens[i + 1].is("(");
      if (is_call && !may_call({is_field && i > 1 ? tokens[i - 2].name() : std::string(), tokens[i].name()}))
        return false;
    }
    return true;
  }

 private:
  bool may_call(const ast::Name& name) {
    const std::vector<ast::Statement*> own = catalog_.functions(name);
    if (own.empty()) return built_in_volatility(name.name) != Volatility::volatile_;
    return std::ranges::all_of(own, [&](const ast::Statement* one) {
      const auto* function = std::get_if<ast::CreateFunction>(&one->node);
      return function != nullptr && reads_only(*function);
    });
  }

  const ast::Catalog& catalog_;
  std::set<const ast::CreateFunction*> seen_;
};

}  // namespace

bool is_reader(const ast::CreateFunction& function, const ast::Catalog& catalog) {
  return Reader(catalog).reads_only(function);
}

}  // namespace pg2crdb::routines

// CockroachDB's functions take fewer words than PostgreSQL's and check their bodies when they are created.
// Words that only tuned the planner are taken off; SET is too, and that is said louder, because names in the
// body then resolve by the caller's search_path. A body is read with CockroachDB's grammars: what is refused
// in it is listed with its lines, and the function is left for a person. What they cannot see is looked for
// word by word: names that mean nothing there. A body in PL/pgSQL of which all can be written in forms that
// it takes is written so (routines/). NEW.c and OLD.c are written (NEW).c and (OLD).c where they are read.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

#include "ast/walk.h"
#include "bind/uncreated.h"
#include "grammar/cockroachdb.h"
#include "routines/routine.h"
#include "routines/sql_body.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"function-clause", Severity::info, "functions",
     "a clause that tunes PostgreSQL's planner and that CockroachDB refuses", "Nothing to do."},
    {"function-setting", Severity::warning, "functions",
     "CockroachDB has no SET clause: the function runs with its caller's settings",
     "Write the schema of every name in the body, above all where the function is SECURITY DEFINER."},
    {"function-language", Severity::error, "functions", "CockroachDB runs functions in SQL and PL/pgSQL only",
     "Rewrite the function in PL/pgSQL, or move it into the application."},
    {"function-feature", Severity::error, "functions",
     "the function needs something that this release of CockroachDB does not have",
     "Rewrite the function without it, or compile for a later release."},
    {"function-type", Severity::error, "functions",
     "a parameter or the result has a type that CockroachDB's functions do not take",
     "Give it a type that exists, or drop the function."},
    {"function-body", Severity::error, "functions", "CockroachDB refuses something in this body",
     "Rewrite the lines that are named."},
    {"function-body-call", Severity::error, "functions",
     "the body calls a function that CockroachDB does not have",
     "Find another way for the call: CockroachDB looks at it when the function is created."},
    {"function-body-rewritten", Severity::info, "functions",
     "the body is written in the forms that CockroachDB's PL/pgSQL has", "Nothing to do."},
    {"trigger-row", Severity::info, "functions", "CockroachDB reads a trigger's row as (NEW).c",
     "Nothing to do."},
    {"function-sql-body", Severity::info, "functions",
     "BEGIN ATOMIC and RETURN become a body that is a string",
     "Nothing to do: CockroachDB binds it when the function is made, too."},
};
enum : size_t {
  function_clause,
  function_setting,
  function_language,
  function_feature,
  function_type,
  function_body,
  function_body_call,
  function_body_rewritten,
  trigger_row,
  function_sql_body,
};

constexpr std::string_view missing_functions[] = {
#define MISSING(name) name,
#include "passes/adapt_functions/missing_functions.def"
#undef MISSING
};

/// Pseudo-types that no function of CockroachDB may have. DDL facts 11.1.
constexpr std::string_view refused_types[] = {
    "anycompatible",
    "anycompatiblearray",
    "anycompatiblemultirange",
    "anycompatiblenonarray",
    "anycompatiblerange",
    "anyenum",
    "anymultirange",
    "anynonarray",
    "anyrange",
    "cstring",
    "event_trigger",
    "fdw_handler",
    "index_am_handler",
    "internal",
    "language_handler",
    "opaque",
    "pg_ddl_command",
    "table_am_handler",
    "tsm_handler",
};

template <class Range>
bool contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Token {
  enum class Kind { word, quoted, string, number, symbol };
  Kind kind = Kind::symbol;
  std::string text;  ///< of words: lower case
  size_t begin = 0;
  size_t end = 0;
  size_t line = 1;  ///< from 1, in the body
};

/// A body without its comments, blanks and what is inside its strings.
std::vector<Token> tokens_of(const std::string& body) {
  std::vector<Token> tokens;
  size_t line = 1;
  size_t i = 0;
  const auto skip_to = [&](size_t end) {
    line += static_cast<size_t>(std::count(body.begin() + static_cast<std::ptrdiff_t>(i),
                                           body.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    i = end;
  };
  const auto after = [&](std::string_view closing, size_t from) {
    const size_t at = body.find(closing, from);
    return at == std::string::npos ? body.size() : at + closing.size();
  };
  const auto string_end = [&](size_t from, bool escapes) {
    for (size_t at = from; at < body.size(); ++at) {
      if (escapes && body[at] == '\\')
        ++at;
      else if (body[at] == '\'') {
        if (at + 1 < body.size() && body[at + 1] == '\'')
          ++at;
        else
          return at + 1;
      }
    }
    return body.size();
  };
  const auto add = [&](Token::Kind kind, size_t end, std::string text) {
    tokens.push_back({kind, std::move(text), i, end, line});
    skip_to(end);
  };
  while (i < body.size()) {
    const char c = body[i];
    const char next = i + 1 < body.size() ? body[i + 1] : '\0';
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      skip_to(i + 1);
    } else if (c == '-' && next == '-') {
      skip_to(std::min(body.find('\n', i), body.size()));
    } else if (c == '/' && next == '*') {
      skip_to(after("*/", i + 2));
    } else if (c == '\'') {
      add(Token::Kind::string, string_end(i + 1, false), {});
    } else if ((c == 'e' || c == 'E') && next == '\'') {
      add(Token::Kind::string, string_end(i + 2, true), {});
    } else if (c == '"') {
      const size_t end = after("\"", i + 1);
      add(Token::Kind::quoted, end, body.substr(i + 1, end - i - 2));
    } else if (c == '$' && (next == '$' || is_letter(next))) {
      const size_t tag_end = after("$", i + 1);
      add(Token::Kind::string, after(body.substr(i, tag_end - i), tag_end), {});
    } else if (is_letter(c)) {
      size_t end = i;
      while (end < body.size() && (is_letter(body[end]) || is_digit(body[end]) || body[end] == '$')) ++end;
      std::string word = body.substr(i, end - i);
      for (char& letter : word) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
      }
      add(Token::Kind::word, end, std::move(word));
    } else if (is_digit(c)) {
      size_t end = i;
      while (end < body.size() &&
             (is_digit(body[end]) || (body[end] == '.' && end + 1 < body.size() && is_digit(body[end + 1]))))
        ++end;
      add(Token::Kind::number, end, body.substr(i, end - i));
    } else {
      constexpr std::string_view pairs[] = {":=", "::", "..", "<<", ">>"};
      const bool pair = contains(pairs, std::string_view(body).substr(i, 2));
      add(Token::Kind::symbol, i + (pair ? 2 : 1), body.substr(i, pair ? 2 : 1));
    }
  }
  return tokens;
}

using Names = std::set<std::string, std::less<>>;

/// What CockroachDB refuses in a body.
struct BodyRefusal {
  std::string what;
  size_t offset = 0;  ///< bytes of the body
  size_t line = 1;    ///< from 1, in the body
  std::string hint = {};
};

/// Names in a PL/pgSQL body that CockroachDB does not know, and those of a trigger's rows.
class BodyScanner {
 public:
  BodyScanner(const PassContext& context, const ast::CreateFunction& function)
      : target_(context.target), function_(function), tokens_(tokens_of(function.body.front())) {}

  std::vector<BodyRefusal> refusals;
  std::vector<BodyRefusal> missing_calls;
  size_t rows_rewritten = 0;

  void scan() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      const Token& token = tokens_[at_];
      if (token.kind == Token::Kind::symbol && token.text == "$" && at_ + 1 < tokens_.size() &&
          tokens_[at_ + 1].kind == Token::Kind::number)
        refuse(Capability::plpgsql_alias, "$" + tokens_[at_ + 1].text + " for a parameter", token);
      if (token.kind == Token::Kind::word && !(at_ > 0 && is(at_ - 1, "."))) name(token);
    }
  }

  /// The body with (NEW).c and (OLD).c where they are read.
  std::string with_rows() {
    std::string body = function_.body.front();
    for (size_t i = tokens_.size(); i-- > 0;) {
      const Token& token = tokens_[i];
      if (token.kind != Token::Kind::word || (token.text != "new" && token.text != "old")) continue;
      if (!is(i + 1, ".") || (i > 0 && is(i - 1, ".")) || assigned(i)) continue;
      body.replace(token.begin, token.end - token.begin,
                   "(" + body.substr(token.begin, token.end - token.begin) + ")");
      ++rows_rewritten;
    }
    return body;
  }

 private:
  bool is(size_t i, std::string_view text) const {
    return i < tokens_.size() && tokens_[i].kind != Token::Kind::quoted &&
           tokens_[i].kind != Token::Kind::string && tokens_[i].text == text;
  }

  /// NEW.c := x; at the beginning of a statement, and SELECT ... INTO [STRICT] NEW.c.
  bool assigned(size_t i) const {
    for (size_t at = i; at-- > 0 && !is(at, ";");) {
      if (is(at, "into")) return true;
      if (is(at, "from") || is(at, "where") || is(at, "values") || is(at, "select") || is(at, "(")) break;
    }
    const bool assignment = is(i + 3, ":=") || is(i + 3, "=");
    if (!assignment) return false;
    return i == 0 || is(i - 1, ";") || is(i - 1, "begin") || is(i - 1, "then") || is(i - 1, "else") ||
           is(i - 1, "loop");
  }

  void refuse(Capability capability, const std::string& what, const Token& token) {
    if (!target_.has(capability)) refusals.push_back({what, token.begin, token.line});
  }

  void name(const Token& token) {
    const std::string_view word = token.text;
    const bool called = is(at_ + 1, "(");
    if (word == "found" && !called) refuse(Capability::plpgsql_found, "FOUND", token);
    const bool condition = at_ + 1 < tokens_.size() && tokens_[at_ + 1].kind == Token::Kind::string;
    if (word == "sqlerrm" || (word == "sqlstate" && !condition)) {
      refuse(Capability::plpgsql_found, word == "sqlerrm" ? "SQLERRM" : "SQLSTATE", token);
    }
    if (word == "tg_argv" || word == "tg_nargs") refuse(Capability::trigger_arguments, "TG_ARGV", token);
    if (word == "setval" && called) refuse(Capability::function_setval, "setval()", token);
    if (called && word == function_.name.name)
      refuse(Capability::function_recursion, "a call of itself", token);
    if (called && std::binary_search(std::begin(missing_functions), std::end(missing_functions), word)) {
      missing_calls.push_back({token.text, token.begin, token.line});
    }
  }

  const Target& target_;
  const ast::CreateFunction& function_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

/// `PERFORM (body line 3), EXECUTE (body line 9)`.
std::string list(const std::vector<BodyRefusal>& refusals) {
  std::string text;
  for (const BodyRefusal& refusal : refusals) {
    text += (text.empty() ? "" : ", ") + refusal.what + " (body line " + std::to_string(refusal.line) + ")";
  }
  return text;
}

std::string list(const std::vector<routines::Change>& changes) {
  std::vector<BodyRefusal> all;
  for (const routines::Change& change : changes) all.push_back({change.what, change.offset, change.line});
  return list(all);
}

/// Writes bodies in the forms that CockroachDB has, reports what it refuses in the others, and leaves these
/// for a person.
class BodyCheck {
 public:
  BodyCheck(PassContext& context, CockroachGrammar& grammar, ast::Statement& statement, std::string object,
            std::string which)
      : context_(context),
        grammar_(grammar),
        statement_(statement),
        object_(std::move(object)),
        which_(std::move(which)) {}

  /// In PL/pgSQL. A body of which anything stays refused is left as it is, and all that is refused in it is
  /// told. `forms` as below.
  void convert(ast::CreateFunction& function, const routines::Routine& routine,
               std::vector<BodyRefusal> forms) {
    constexpr std::string_view language = "plpgsql";
    routines::ConvertedBody converted = routines::convert_body(function.body.front(), routine);
    if (!converted.changes.empty() && converted.refused.empty()) {
      ast::CreateFunction now;
      now.name = function.name;
      now.body = {converted.text};
      BodyScanner scanner(context_, now);
      scanner.scan();
      std::vector<BodyRefusal> refused = std::move(scanner.refusals), misfits;
      read(language, converted.text, refused, misfits);
      if (refused.empty() && misfits.empty()) {
        function.body.front() = std::move(converted.text);
        context_.report(rules[function_body_rewritten], statement_, object_,
                        which_ + " is written without " + list(converted.changes));
        context_.rewritten(statement_);
        return;
      }
    }
    for (const routines::Change& one : converted.refused) forms.push_back({one.what, one.offset, one.line});
    run(language, function.body.front(), std::move(forms));
  }

  /// In SQL: the same. What the passes behind this one do to types is not waited for.
  void write_statements(ast::CreateFunction& function) {
    constexpr std::string_view language = "sql";
    std::vector<BodyRefusal> refused, still_refused;
    for (const std::string& name : routines::number_parameters(function)) {
      const size_t offset = std::min(function.body.front().find(name), function.body.front().size());
      refused.push_back({"`" + name + "`", offset, line_of(function.body.front(), offset)});
    }
    if (!refused.empty()) {
      context_.report(rules[function_body_rewritten], statement_, object_,
                      which_ + " is written without " + list(refused));
      context_.rewritten(statement_);
      refused.clear();
    }
    const std::string as_it_is = routines::written_body(function);
    read(language, as_it_is, refused, refused);
    if (refused.empty()) return;
    read(language, routines::rewritten_body(function, routines::Types::as_text), still_refused,
         still_refused);
    if (!still_refused.empty()) return run(language, function.body.front(), {});
    std::string anew = routines::rewritten_body(function);
    read(language, anew, still_refused, still_refused);
    if (!still_refused.empty()) return;
    for (BodyRefusal& one : refused) one.what = "`" + form_at(as_it_is, one.offset) + "`";
    context_.report(rules[function_body_rewritten], statement_, object_,
                    which_ + " is written without " + list(first_of_each(std::move(refused))));
    function.body.front() = std::move(anew);
    context_.rewritten(statement_);
  }

  /// `forms`: those that are known already; they and what the grammars refuse are told in one finding, what
  /// does not fit into any form in another.
  void run(std::string_view language, const std::string& body, std::vector<BodyRefusal> forms) {
    std::vector<BodyRefusal> misfits;
    read(language, body, forms, misfits);
    std::stable_sort(forms.begin(), forms.end(),
                     [](const auto& a, const auto& b) { return a.offset < b.offset; });
    forms = first_of_each(std::move(forms));
    misfits = first_of_each(std::move(misfits));
    if (!forms.empty()) report(function_body, "uses " + list(forms), forms);
    if (!misfits.empty()) report(function_body, "is not read by CockroachDB: " + list(misfits), misfits);
  }

  void report_calls(const std::vector<BodyRefusal>& calls) {
    if (!calls.empty()) report(function_body_call, "calls " + list(calls), calls);
  }

 private:
  void read(std::string_view language, const std::string& body, std::vector<BodyRefusal>& forms,
            std::vector<BodyRefusal>& misfits) {
    for (const BodyProblem& problem : grammar_.check_body(language, body)) {
      if (problem.too_deep) continue;
      (problem.form.empty() ? misfits : forms)
          .push_back({problem.form.empty() ? problem.message : problem.form, problem.offset,
                      line_of(body, problem.offset), problem.hint});
    }
  }

  static size_t line_of(const std::string& body, size_t offset) {
    return 1 +
           static_cast<size_t>(std::count(body.begin(), body.begin() + static_cast<ptrdiff_t>(offset), '\n'));
  }

  /// What stands there, up to the next blank: `$1.field`.
  static std::string form_at(const std::string& body, size_t offset) {
    constexpr std::string_view ends = " \t\r\n(),;";
    const size_t before = offset == 0 ? std::string::npos : body.find_last_of(ends, offset);
    const size_t begin = before == std::string::npos ? 0 : std::min(before + 1, offset);
    return body.substr(begin, std::max(body.find_first_of(ends, offset + 1), begin) - begin);
  }

  void report(size_t rule, const std::string& what, const std::vector<BodyRefusal>& refusals) {
    context_.report(rules[rule], statement_, object_, which_ + " " + what, -1, advice(refusals));
    context_.needs_person(statement_, (object_.empty() ? "it " : "its body ") + what);
  }

  static std::vector<BodyRefusal> first_of_each(std::vector<BodyRefusal> refusals) {
    std::vector<BodyRefusal> first;
    for (BodyRefusal& refusal : refusals) {
      const bool told =
          std::any_of(first.begin(), first.end(), [&](const auto& f) { return f.what == refusal.what; });
      if (!told) first.push_back(std::move(refusal));
    }
    return first;
  }

  /// What to write instead of each; empty where that is too much for one finding.
  static std::string advice(const std::vector<BodyRefusal>& refusals) {
    constexpr size_t most = 3;
    std::vector<std::string> hints;
    for (const BodyRefusal& refusal : refusals) {
      if (!refusal.hint.empty() && !contains(hints, refusal.hint)) hints.push_back(refusal.hint);
    }
    std::string text;
    if (hints.size() > most) return text;
    for (const std::string& hint : hints) text += (text.empty() ? "" : " ") + hint;
    return text;
  }

  PassContext& context_;
  CockroachGrammar& grammar_;
  ast::Statement& statement_;
  std::string object_;
  std::string which_;
};

/// All names that a variable which is made could be taken for.
Names column_names(ast::Script& script) {
  Names names;
  ast::Visitor look;
  look.query = [&](ast::Query& query) {
    for (const ast::SelectItem& item : query.targets) names.insert(item.alias);
  };
  for (ast::Statement& statement : script.statements) {
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      for (const ast::Column& column : table->columns) names.insert(column.name);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* add = std::get_if<ast::AddColumn>(&command)) names.insert(add->column.name);
      }
    } else if (auto* view = std::get_if<ast::CreateView>(&statement.node)) {
      names.insert(view->columns.begin(), view->columns.end());
      ast::walk(statement.node, look);
    } else if (auto* made = std::get_if<ast::CreateTableAs>(&statement.node)) {
      names.insert(made->columns.begin(), made->columns.end());
      ast::walk(statement.node, look);
    }
  }
  return names;
}

/// A block is a body that is run once.
void look_at_block(PassContext& context, CockroachGrammar& grammar, const Names& columns,
                   ast::Statement& statement, ast::DoBlock& block) {
  if (!context.target.has(Capability::do_statement)) return;  // another pass says so
  ast::CreateFunction body;
  body.language = block.language.empty() ? "plpgsql" : block.language;
  body.body = {block.body};
  if (body.language != "plpgsql") {
    context.report(rules[function_language], statement, {},
                   "a DO block is written in `" + body.language + "`");
    context.needs_person(statement, "it is written in " + body.language);
    return;
  }
  BodyScanner scanner(context, body);
  scanner.scan();
  std::erase_if(scanner.missing_calls, [&](const BodyRefusal& call) {
    return context.catalog.has_function({"public", call.what});
  });
  BodyCheck check(context, grammar, statement, {}, "a DO block");
  check.report_calls(scanner.missing_calls);
  check.convert(body, {context.catalog, context.target, columns}, std::move(scanner.refusals));
  if (statement.live()) block.body = body.body.front();
}

class Adapter {
 public:
  Adapter(PassContext& context, const bind::Uncreated& uncreated, CockroachGrammar& grammar,
          const Names& columns, ast::Statement& statement, ast::CreateFunction& function)
      : context_(context),
        uncreated_(uncreated),
        grammar_(grammar),
        columns_(columns),
        statement_(statement),
        function_(function),
        object_(to_string(function.name)) {}

  void run() {
    standard_body();
    clauses();
    settings();
    if (function_.language != "sql" && function_.language != "plpgsql") {
      refuse(function_language, "is written in `" + function_.language + "`");
      return;
    }
    features();
    types();
    if (statement_.live() && function_.body.size() == 1) body();
  }

 private:
  std::string which() const { return (function_.procedure ? "procedure `" : "function `") + object_ + "`"; }

  void refuse(size_t rule, const std::string& what, int32_t offset = -1) {
    context_.report(rules[rule], statement_, object_, which() + " " + what, offset);
    context_.needs_person(statement_, "it " + what);
  }

  /// CockroachDB binds a string body, too, when the routine is made.
  void standard_body() {
    if (!function_.bound_when_made() || context_.target.has(Capability::sql_standard_function_body)) return;
    if (const std::string changed = changed_later(); !changed.empty())
      refuse(function_body, "is bound to " + changed);
    function_.standard_body = ast::CreateFunction::StandardBody::none;
    context_.report(rules[function_sql_body], statement_, object_, which() + ": its body becomes a string");
    context_.rewritten(statement_);
  }

  /// What the body names and the script drops, or a column that it renames or drops; empty where there is
  /// none. Relations that are renamed have their new name in the body already.
  std::string changed_later() const {
    const std::vector<ast::ObjectId>& used = statement_.text_objects;
    const auto is_used = [&](ast::ObjectId id) { return std::ranges::find(used, id) != used.end(); };
    const auto is_named = [&](const std::string& column) {
      return function_.body.front().find(column) != std::string::npos;
    };
    const auto is_later = [&](ast::StatementId id) { return id != ast::no_statement && id > statement_.id; };
    for (ast::ObjectId id = 0; id < context_.script.objects.size(); ++id) {
      const ast::Object& object = context_.script.objects[id];
      if (!is_later(object.dropped)) continue;
      if (is_used(id)) return "`" + to_string(object.name) + "`, which is dropped later";
      if (object.kind == ast::ObjectKind::column && is_used(object.parent) && is_named(object.name.name))
        return "column `" + object.name.name + "`, which is dropped later";
    }
    for (const ast::Statement& later : context_.script.statements) {
      const auto* rename = std::get_if<ast::Rename>(&later.node);
      if (rename == nullptr || !is_later(later.id) || !is_used(rename->object.name.object)) continue;
      if (!rename->object.member.empty() && is_named(rename->object.member))
        return "column `" + rename->object.member + "`, which is renamed later";
    }
    return {};
  }

  void clauses() {
    std::string words;
    const auto strip = [&](Capability capability, bool present, const std::string& word) {
      if (!present || context_.target.has(capability)) return false;
      words += (words.empty() ? "" : ", ") + word;
      return true;
    };
    if (strip(Capability::function_cost, !function_.cost.empty(), "COST " + *function_.cost))
      function_.cost.clear();
    if (strip(Capability::function_rows, !function_.rows.empty(), "ROWS " + *function_.rows))
      function_.rows.clear();
    if (strip(Capability::function_parallel, !function_.parallel.empty(), "PARALLEL " + *function_.parallel))
      function_.parallel.clear();
    if (strip(Capability::function_support, !function_.support.empty(),
              "SUPPORT " + to_string(function_.support)))
      function_.support.clear();
    if (strip(Capability::function_transform, !function_.transforms.empty(), "TRANSFORM"))
      function_.transforms.clear();
    if (words.empty()) return;
    context_.report(rules[function_clause], statement_, object_, which() + ": " + words + " left out");
    context_.rewritten(statement_);
  }

  void settings() {
    if (function_.settings.empty() || context_.target.has(Capability::function_set)) return;
    std::string names;
    for (const ast::SetVariable& setting : function_.settings)
      names += (names.empty() ? "" : ", ") + setting.name;
    context_.report(rules[function_setting], statement_, object_,
                    which() + ": SET " + names + " left out" +
                        (function_.security_definer ? "; it is SECURITY DEFINER" : ""));
    function_.settings.clear();
    context_.rewritten(statement_);
  }

  void needs(Capability capability, bool used, const std::string& what) {
    if (used && statement_.live() && !context_.target.has(capability)) refuse(function_feature, what);
  }

  void features() {
    using Mode = ast::FunctionParameter::Mode;
    const auto any = [this](auto condition) {
      return std::any_of(function_.parameters.begin(), function_.parameters.end(), condition);
    };
    needs(Capability::plpgsql, function_.language == "plpgsql", "is written in PL/pgSQL");
    needs(Capability::procedures, function_.procedure, "is a procedure");
    needs(Capability::function_window, function_.window, "is a WINDOW function");
    needs(Capability::variadic, any([](const auto& p) { return p.mode == Mode::variadic; }),
          "has a VARIADIC parameter");
    needs(Capability::out_parameters,
          any([](const auto& p) { return p.mode == Mode::out || p.mode == Mode::inout; }),
          "has OUT parameters");
    needs(Capability::parameter_defaults, any([](const auto& p) { return bool(p.default_value); }),
          "has defaults of parameters");
    needs(Capability::returns_table, any([](const auto& p) { return p.mode == Mode::table; }),
          "returns a TABLE");
    needs(Capability::security_definer, function_.security_definer, "is SECURITY DEFINER");
    needs(Capability::triggers, function_.returns->name.name == "trigger", "is a trigger's");
    needs(Capability::set_returning_plpgsql,
          function_.language == "plpgsql" &&
              (function_.returns->set_of || any([](const auto& p) { return p.mode == Mode::table; })),
          "returns a set from PL/pgSQL");
    if (!context_.target.has(Capability::security_definer) && function_.security_invoker) {
      function_.security_invoker = false;
      context_.report(rules[function_clause], statement_, object_, which() + ": SECURITY INVOKER left out");
      context_.rewritten(statement_);
    }
  }

  void types() {
    for (const ast::FunctionParameter& parameter : function_.parameters) {
      type(parameter.type, "parameter `" + parameter.name + "`");
      if (statement_.live() && parameter.mode == ast::FunctionParameter::Mode::out &&
          parameter.type.name.name == "record") {
        refuse(function_type, "has an OUT parameter of type record", parameter.type.offset);
      }
    }
    type(function_.returns, "the result");
  }

  void type(const ast::TypeName& type, const std::string& whose) {
    if (!statement_.live()) return;
    const bool pseudo = (type.name.schema.empty() || type.name.schema == "pg_catalog") &&
                        contains(refused_types, type.name.name);
    if (pseudo)
      refuse(function_type, "has the type `" + type.name.name + "` for " + whose, type.offset);
    else if (type.percent_type)
      refuse(function_type, "has a %TYPE for " + whose, type.offset);
    else if (type.name.name == "hstore" && reads_keys())
      refuse(function_type, "reads keys of the type `hstore`, which becomes text, of " + whose, type.offset);
  }

  /// Whether a body has the operator `->`.
  bool reads_keys() const {
    return std::any_of(function_.body.begin(), function_.body.end(),
                       [](const std::string& text) { return text.find("->") != std::string::npos; });
  }

  void body() {
    BodyScanner scanner(context_, function_);
    scanner.scan();
    std::erase_if(scanner.missing_calls, [this](const BodyRefusal& call) {
      return context_.catalog.has_function({function_.name.schema, call.what}) ||
             context_.catalog.has_function({"public", call.what});
    });
    BodyCheck check(context_, grammar_, statement_, object_, which());
    check.report_calls(scanner.missing_calls);
    const std::string configuration = uncreated_.configuration(function_.body.front());
    if (!configuration.empty() && !context_.target.has(Capability::text_search_objects))
      refuse(function_body, "reads text with `" + configuration + "`, a configuration of the script's own");
    const std::string own_operator = uncreated_.own_operator(function_.body.front());
    if (!own_operator.empty())
      return refuse(function_body, "uses `" + own_operator + "`, an operator of the script's own");
    if (!function_.statements.empty()) return check.write_statements(function_);
    if (function_.language != "plpgsql") return check.run(function_.language, function_.body.front(), {});
    const bool is_volatile = function_.volatility.empty() || function_.volatility == "VOLATILE";
    check.convert(
        function_,
        {context_.catalog, context_.target, columns_, function_.parameters, function_.name.name, is_volatile},
        std::move(scanner.refusals));
    if (statement_.live()) trigger_rows();
  }

  void trigger_rows() {
    if (function_.returns->name.name != "trigger" ||
        context_.target.has(Capability::trigger_row_without_parentheses))
      return;
    BodyScanner scanner(context_, function_);
    std::string body = scanner.with_rows();
    if (scanner.rows_rewritten == 0) return;
    function_.body.front() = std::move(body);
    context_.report(rules[trigger_row], statement_, object_,
                    which() + ": NEW and OLD get parentheses in " + std::to_string(scanner.rows_rewritten) +
                        (scanner.rows_rewritten == 1 ? " place" : " places"));
    context_.rewritten(statement_);
  }

  PassContext& context_;
  const bind::Uncreated& uncreated_;
  CockroachGrammar& grammar_;
  const Names& columns_;
  ast::Statement& statement_;
  ast::CreateFunction& function_;
  std::string object_;
};

void run(PassContext& context) {
  const bind::Uncreated uncreated(context.script);
  CockroachGrammar grammar(context.target);
  const Names columns = column_names(context.script);
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    if (auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
      Adapter(context, uncreated, grammar, columns, statement, *function).run();
    } else if (auto* block = std::get_if<ast::DoBlock>(&statement.node)) {
      look_at_block(context, grammar, columns, statement, *block);
    }
  }
}

}  // namespace

extern const Pass adapt_functions;
const Pass adapt_functions = {
    .name = "adapt-functions",
    .category = "functions",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "takes clauses off functions that CockroachDB refuses and finds bodies that it would not run",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb

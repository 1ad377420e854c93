#include "rewrite/fragment.h"

#include <algorithm>

#include "parser/parser.h"

namespace pg2crdb::rewrite {
namespace {

using ast::type_info;

constexpr size_t longest_variable = 50;  // PostgreSQL cuts names at 63 bytes
/// Numbers that stand for variables where SQL takes only digits.
constexpr std::string_view number_mark = "1073704";  // with three digits more still an integer to PostgreSQL

/// How a variable is written into the SQL that is parsed.
enum class Guise { name, text, number, column };

struct Use {
  std::string token;  ///< what the tree will hold: mark, "$" or "*", name
  size_t offset = 0;  ///< in the fragment
  Guise guise = Guise::name;
};

struct Piece {
  std::string_view text;  ///< as it stands, where it is no variable
  int use = -1;
  size_t offset = 0;
};

bool word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool word_part(char c) {
  return word_start(c) || (c >= '0' && c <= '9');
}

/// The end of a quoted string or name that begins at `at`.
size_t end_of_quoted(std::string_view sql, size_t at) {
  const char quote = sql[at];
  for (size_t i = at + 1; i < sql.size(); ++i) {
    if (sql[i] != quote) continue;
    if (i + 1 < sql.size() && sql[i + 1] == quote) {
      ++i;
      continue;
    }
    return i + 1;
  }
  return sql.size();
}

struct Split {
  std::vector<Piece> pieces;
  std::vector<Use> uses;
  std::vector<std::string> variables;
};

Split split(std::string_view sql) {
  Split result;
  size_t plain = 0;
  auto use = [&](size_t begin, size_t end, std::string token) {
    if (begin > plain) result.pieces.push_back({sql.substr(plain, begin - plain), -1, plain});
    result.pieces.push_back({{}, static_cast<int>(result.uses.size()), begin});
    Use made;
    made.token = std::move(token);
    made.offset = begin;
    result.uses.push_back(std::move(made));
    plain = end;
  };
  for (size_t i = 0; i < sql.size();) {
    if (sql[i] == '\'' || sql[i] == '"') {
      i = end_of_quoted(sql, i);
    } else if (sql.substr(i).starts_with("--")) {
      i = std::min(sql.find('\n', i), sql.size());
    } else if (sql.substr(i).starts_with("...")) {
      use(i, i + 3, std::string(1, variable_mark) + "*");
      i += 3;
    } else if (sql[i] == '$') {
      const size_t dollars = sql.substr(i).starts_with("$$") ? 2 : 1;
      size_t end = i + dollars;
      if (end >= sql.size() || !word_start(sql[end])) {
        ++i;
        continue;
      }
      while (end < sql.size() && word_part(sql[end])) ++end;
      const std::string name(sql.substr(i + dollars, end - i - dollars));
      if (std::find(result.variables.begin(), result.variables.end(), name) == result.variables.end())
        result.variables.push_back(name);
      use(i, end, std::string(1, variable_mark) + (dollars == 2 ? "*" : "$") + name);
      i = end;
    } else {
      ++i;
    }
  }
  if (plain < sql.size()) result.pieces.push_back({sql.substr(plain), -1, plain});
  return result;
}

std::string in_guise(const Use& use, size_t number) {
  switch (use.guise) {
    case Guise::name:
      return "\"" + use.token + "\"";
    case Guise::text:
      return "'" + use.token + "'";
    case Guise::number:
      return std::string(number_mark) + std::to_string(100 + number);
    case Guise::column:
      return "\"" + use.token + "\" \"" + std::string(whole_column) + "\"";
  }
  return {};
}

struct Wrapping {
  std::string_view before;
  std::string_view after;
};

Wrapping wrapping(Noun noun) {
  switch (noun) {
    case Noun::statement:
      return {"", ""};
    case Noun::column:
      return {"CREATE TABLE x (c ", "\n)"};
    case Noun::type:
      return {"SELECT NULL::", ""};
    case Noun::constraint:
      return {"ALTER TABLE x ADD ", ""};
    case Noun::index_element:
      return {"CREATE INDEX ON x (", "\n)"};
    case Noun::expression:
      return {"SELECT ", ""};
    case Noun::option:
      return {"CREATE TABLE x () WITH (", "\n)"};
    case Noun::privilege:
      return {"GRANT ", "\n ON x TO y"};
    case Noun::role:
      return {"GRANT x TO ", ""};
    case Noun::name:
      return {"DROP TABLE ", ""};
    case Noun::command:
      return {"ALTER TABLE x ", ""};
    case Noun::parameter:
      return {"CREATE FUNCTION f(", "\n) RETURNS void LANGUAGE sql AS ''"};
  }
  return {};
}

template <class T>
void* only(std::vector<T>& items) {
  return items.size() == 1 ? &items[0] : nullptr;
}

/// The part of the parsed statement that the fragment is; null where it is not that alone.
void* part(Noun noun, ast::StatementNode& node) {
  switch (noun) {
    case Noun::statement:
      return &node;
    case Noun::column:
    case Noun::option: {
      auto* table = std::get_if<ast::CreateTable>(&node);
      if (table == nullptr || !table->constraints.empty()) return nullptr;
      return noun == Noun::column ? only(table->columns) : only(table->options);
    }
    case Noun::type:
    case Noun::expression: {
      auto* select = std::get_if<ast::SelectStatement>(&node);
      if (select == nullptr || select->query->targets.size() != 1 || !select->query->from.empty() ||
          !select->query->targets[0].expr || !select->query->targets[0].alias.empty())
        return nullptr;
      ast::Expr& expr = *select->query->targets[0].expr;
      if (noun == Noun::expression) return &expr;
      auto* cast = std::get_if<ast::Cast>(&expr.node);
      return cast == nullptr ? nullptr : &cast->type;
    }
    case Noun::constraint:
    case Noun::command: {
      auto* alter = std::get_if<ast::AlterTable>(&node);
      if (alter == nullptr || alter->commands.size() != 1) return nullptr;
      if (noun == Noun::command) return &alter->commands[0];
      auto* add = std::get_if<ast::AddConstraint>(&alter->commands[0]);
      return add == nullptr ? nullptr : &add->constraint;
    }
    case Noun::index_element: {
      auto* index = std::get_if<ast::CreateIndex>(&node);
      return index == nullptr ? nullptr : only(index->elements);
    }
    case Noun::privilege: {
      auto* grant = std::get_if<ast::Grant>(&node);
      return grant == nullptr ? nullptr : only(grant->privileges);
    }
    case Noun::role: {
      auto* grant = std::get_if<ast::GrantRole>(&node);
      return grant == nullptr ? nullptr : only(grant->members);
    }
    case Noun::name: {
      auto* drop = std::get_if<ast::Drop>(&node);
      return drop == nullptr || drop->objects.size() != 1 ? nullptr : &drop->objects[0].name;
    }
    case Noun::parameter: {
      auto* function = std::get_if<ast::CreateFunction>(&node);
      return function == nullptr ? nullptr : only(function->parameters);
    }
  }
  return nullptr;
}

std::string_view noun_words(Noun noun) {
  constexpr std::string_view words[] = {"a statement",
                                        "a column's definition",
                                        "a type",
                                        "a constraint",
                                        "an index element",
                                        "an expression",
                                        "an option",
                                        "a privilege",
                                        "a role",
                                        "a name",
                                        "a command of ALTER TABLE",
                                        "a parameter"};
  return words[static_cast<size_t>(noun)];
}

/// Numbers that stand for variables become their tokens.
void restore_numbers(const ast::TypeInfo& type, void* node, const std::vector<Use>& uses) {
  if (type.kind != ast::TypeInfo::Kind::text) {
    ast::for_each_part(type, node,
                       [&](const ast::TypeInfo& part, void* held) { restore_numbers(part, held, uses); });
    return;
  }
  auto& text = *static_cast<std::string*>(node);
  for (size_t i = 0; i < uses.size(); ++i) {
    if (uses[i].guise == Guise::number && text == in_guise(uses[i], i)) {
      text = uses[i].token;
      return;
    }
  }
}

/// Where a node stood in the SQL that was made for parsing is no place in any statement.
void forget_offsets(const ast::TypeInfo& type, void* node) {
  type.forget_offset(node);
  ast::for_each_part(type, node, [](const ast::TypeInfo& part, void* held) { forget_offsets(part, held); });
}

}  // namespace

std::optional<Variable> variable_in(std::string_view text) {
  if (text.size() < 2 || text[0] != variable_mark) return std::nullopt;
  return Variable{text.substr(2), text[1] == '*'};
}

const ast::TypeInfo& type_of(Noun noun) {
  switch (noun) {
    case Noun::statement:
      return type_info<ast::StatementNode>();
    case Noun::column:
      return type_info<ast::Column>();
    case Noun::type:
      return type_info<ast::TypeName>();
    case Noun::constraint:
      return type_info<ast::Constraint>();
    case Noun::index_element:
      return type_info<ast::IndexElement>();
    case Noun::expression:
      return type_info<ast::Expr>();
    case Noun::option:
      return type_info<ast::Option>();
    case Noun::privilege:
      return type_info<ast::Privilege>();
    case Noun::role:
      return type_info<ast::Role>();
    case Noun::name:
      return type_info<ast::Name>();
    case Noun::command:
      return type_info<ast::AlterCommand>();
    case Noun::parameter:
      return type_info<ast::FunctionParameter>();
  }
  return type_info<ast::StatementNode>();
}

std::optional<Noun> noun_of(const ast::TypeInfo& type) {
  for (const Noun noun :
       {Noun::statement, Noun::column, Noun::type, Noun::constraint, Noun::index_element, Noun::expression,
        Noun::option, Noun::privilege, Noun::role, Noun::name, Noun::command, Noun::parameter}) {
    if (&type_of(noun) == &type) return noun;
  }
  return std::nullopt;
}

namespace {

/// A fragment with each variable in some guise, parsed.
struct Attempt {
  ParsedStatement parsed;
  size_t reach = 0;  ///< bytes into the fragment up to which the parser came; beyond its end where it parsed
  size_t error_at = 0;  ///< bytes into the whole SQL

  bool good() const { return parsed.error.empty(); }
};

Attempt attempt(const Split& parts, const Wrapping& wrap, size_t size) {
  std::string text(wrap.before);
  std::vector<std::pair<size_t, size_t>> places;  // in `text`, in the fragment
  for (const Piece& piece : parts.pieces) {
    places.emplace_back(text.size(), piece.offset);
    if (piece.use < 0)
      text += piece.text;
    else
      text += in_guise(parts.uses[static_cast<size_t>(piece.use)], static_cast<size_t>(piece.use));
  }
  const size_t fragment_end = text.size();
  text += wrap.after;
  Attempt result;
  result.parsed = parse_whole_statement(text);
  result.error_at =
      result.parsed.error_offset < 0 ? text.size() : static_cast<size_t>(result.parsed.error_offset);
  for (const auto& [in_text, in_fragment] : places) {
    if (in_text <= result.error_at) result.reach = in_fragment + (result.error_at - in_text);
  }
  result.reach = std::min(result.reach, size);
  if (result.error_at >= fragment_end) result.reach = size;
  if (result.good()) result.reach = size + 1;
  return result;
}

/// Variables begin as names. Where the parser stops, one before that place has to be another kind of token:
/// the one that brings it furthest.
Attempt fit_guises(Split& parts, const Wrapping& wrap, size_t size) {
  constexpr size_t looked_back = 8;
  Attempt best = attempt(parts, wrap, size);
  while (!best.good()) {
    Use* changed = nullptr;
    Guise guise = Guise::name;
    Attempt further;
    further.reach = best.reach;
    size_t looked = 0;
    for (auto use = parts.uses.rbegin(); use != parts.uses.rend() && looked < looked_back; ++use) {
      if (use->offset > best.reach) continue;
      ++looked;
      const Guise before = use->guise;
      for (const Guise other : {Guise::name, Guise::text, Guise::number, Guise::column}) {
        if (other == before) continue;
        use->guise = other;
        Attempt tried = attempt(parts, wrap, size);
        if (tried.reach <= further.reach) continue;
        further = std::move(tried);
        changed = &*use;
        guise = other;
      }
      use->guise = before;
    }
    if (changed == nullptr) return best;
    changed->guise = guise;
    best = std::move(further);
  }
  return best;
}

}  // namespace

std::variant<Fragment, FragmentError> parse_fragment(Noun noun, std::string_view sql) {
  constexpr size_t most_variables = 100;
  Split parts = split(sql);
  for (const std::string& name : parts.variables) {
    if (name.size() > longest_variable)
      return FragmentError{"`$" + name + "` is too long for a variable", "50 characters are enough", 0};
  }
  if (parts.uses.size() > most_variables)
    return FragmentError{"there are too many variables in one fragment", "", 0};

  Attempt parsed = fit_guises(parts, wrapping(noun), sql.size());
  if (!parsed.good()) {
    std::string message = parsed.parsed.error;
    for (const Use& use : parts.uses) {
      for (size_t at; (at = message.find(use.token)) != std::string::npos;)
        message.replace(at, use.token.size(), use.token.substr(1) == "*" ? "..." : use.token.substr(1));
    }
    return FragmentError{
        "this is not " + std::string(noun_words(noun)) + " that PostgreSQL would parse: " + message, "",
        parsed.reach};
  }
  if (const auto* opaque = std::get_if<ast::Opaque>(&parsed.parsed.node)) {
    if (opaque->kind == "empty") return FragmentError{"there is no SQL here", "", 0};
    return FragmentError{"the tree keeps `" + opaque->kind + "` word for word, so it has no parts to match",
                         noun == Noun::statement
                             ? "match it with `match statement of kind '" + opaque->kind + "';`"
                             : "`pg2crdb ast` shows what there is to match",
                         0};
  }
  void* node = part(noun, parsed.parsed.node);
  if (node == nullptr) return FragmentError{"this is more than " + std::string(noun_words(noun)), "", 0};
  Fragment fragment;
  fragment.type = &type_of(noun);
  fragment.node = fragment.type->copy(node);
  fragment.variables = std::move(parts.variables);
  restore_numbers(*fragment.type, fragment.node.get(), parts.uses);
  forget_offsets(*fragment.type, fragment.node.get());
  return fragment;
}

}  // namespace pg2crdb::rewrite

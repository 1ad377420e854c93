// Parameters of cursors, and loops over a cursor: variables that its query reads when it is opened, and a
// loop over that query.
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "ast/walk.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "routines/renames.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// The arguments in the order of the parameters; nothing where they do not fit.
std::optional<std::vector<Value>> in_order(const std::vector<CursorParameter>& parameters,
                                           const std::vector<Argument>& arguments) {
  if (arguments.size() != parameters.size()) return std::nullopt;
  std::vector<std::optional<Value>> places(parameters.size());
  for (size_t i = 0; i < arguments.size(); ++i) {
    size_t place = i;
    if (!arguments[i].name.empty()) {
      const auto found = std::ranges::find(parameters, arguments[i].name, &CursorParameter::name);
      place = static_cast<size_t>(found - parameters.begin());
    }
    if (place >= places.size() || places[place]) return std::nullopt;
    places[place] = arguments[i].value;
  }
  std::vector<Value> result;
  for (std::optional<Value>& one : places) result.push_back(std::move(*one));
  return result;
}

class Cursors {
 public:
  explicit Cursors(Conversion& conversion) : conversion_(conversion) {}

  void run() {
    if (!conversion_.body.options.empty()) return;
    const Target& target = conversion_.routine.target;
    if (!target.has(Capability::plpgsql_query_for)) {
      // PostgreSQL does not open a cursor that is open (42P03).
      each_part(conversion_.body, [&](ForCursor& outer) {
        each_part(outer.statements, [&](ForCursor& inner) {
          if (name_of(inner.cursor) == name_of(outer.cursor)) in_itself_.insert(name_of(inner.cursor));
        });
      });
      each_part(conversion_.body, [&](Statements& statements) {
        expand(statements, [&](Statement& one, std::vector<Statement>& before) { loop(one, before); });
      });
    }
    conversion_.read_declarations();
    if (target.has(Capability::plpgsql_cursor_arguments)) return;
    each_part(conversion_.body, [&](Block& block) {
      for (size_t i = 0; i < block.declarations.size(); ++i) {
        const auto* cursor = std::get_if<CursorDeclaration>(&block.declarations[i].node);
        const bool is_looped = looped_.contains(block.declarations[i].name);
        if (cursor != nullptr && (is_looped || !cursor->parameters.empty())) i += parameters(block, i);
      }
    });
    conversion_.read_declarations();
  }

 private:
  /// `convert` gives what has to stand before a statement.
  template <class Convert>
  static void expand(Statements& statements, const Convert& convert) {
    std::vector<Statement>& list = statements.list;
    for (size_t i = 0; i < list.size(); ++i) {
      std::vector<Statement> before;
      convert(list[i], before);
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(i), std::make_move_iterator(before.begin()),
                  std::make_move_iterator(before.end()));
      i += before.size();
    }
  }

  static Statement assignment(std::string name, Value value) {
    Assignment node;
    node.target.names = {std::move(name)};
    node.value = std::move(value);
    Statement statement;
    statement.node = std::move(node);
    return statement;
  }

  static std::string name_of(const Variable& cursor) {
    return cursor.names.size() == 1 ? cursor.names[0] : std::string();
  }

  /// `k`, `c.k`: the names of variables, each instead of a parameter. False where one may be something else.
  bool put_in(ast::Query& query, const std::string& cursor, const std::vector<CursorParameter>& parameters,
              const std::vector<std::string>& variables) const {
    bool good = true;
    for (size_t i = 0; i < parameters.size(); ++i) {
      const std::string& name = parameters[i].name;
      ast::Visitor look;
      look.query = [&](ast::Query& one) {
        good = good && std::ranges::find(one.targets, name, &ast::SelectItem::alias) == one.targets.end();
      };
      look.expr = [&](ast::Expr& expr) {
        auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
        if (ref == nullptr || ref->star) return;
        if (ref->names == std::vector{name} || ref->names == std::vector{cursor, name})
          ref->names = {variables[i]};
      };
      ast::walk(query, look);
    }
    return good;
  }

  template <class Part>
  bool names_cursor(Part& part, const std::string& name) const {
    bool found = false;
    each_part(part, [&](Variable& one) { found = found || one.names[0] == name; });
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      found = found || (ref != nullptr && !ref->names.empty() && ref->names[0] == name);
    };
    walk_part(part, look);
    each_text(part, [&](ast::Opaque& text) {
      for (const transform::Token& token : transform::scan(text.text).tokens)
        found = found || (token.is_name() && token.name() == name);
    });
    return found;
  }

  struct Found {
    Block* block = nullptr;
    size_t place = 0;
  };
  std::optional<Found> declared(const std::string& name) const {
    std::optional<Found> found;
    if (name.empty() || conversion_.type_of(name) == nullptr) return found;
    each_part(conversion_.body, [&](Block& block) {
      const auto one = std::ranges::find(block.declarations, name, &Declaration::name);
      if (one != block.declarations.end() && std::holds_alternative<CursorDeclaration>(one->node))
        found = {&block, static_cast<size_t>(one - block.declarations.begin())};
    });
    return found;
  }

  /// The loop has a record of its own. Nothing else opens the cursor or takes rows from it.
  void loop(Statement& statement, std::vector<Statement>& before) {
    auto* node = std::get_if<ForCursor>(&statement.node);
    if (node == nullptr) return;
    const std::string name = name_of(node->cursor);
    const std::optional<Found> found = declared(name);
    if (!found) return;
    const auto cursor = std::get<CursorDeclaration>(found->block->declarations[found->place].node);
    auto select = cursor.query;
    auto* query = std::get_if<ast::SelectStatement>(&select.statement);
    std::optional<std::vector<Value>> arguments = in_order(cursor.parameters, node->arguments);
    bool is_opened = false;
    each_part(conversion_.body, [&](Open& one) { is_opened = is_opened || one.cursor.names[0] == name; });
    if (query == nullptr || !arguments || is_opened || in_itself_.contains(name) ||
        names_cursor(node->statements, name))
      return;
    std::vector<std::string> variables;
    for (const CursorParameter& one : cursor.parameters)
      variables.push_back(conversion_.new_name(name + "_" + one.name));
    if (!put_in(*query->query, name, cursor.parameters, variables)) return;
    std::string record = node->variable;
    if (conversion_.type_of(record) == nullptr) {
      const Renaming renaming(conversion_, record, conversion_.new_name(record));
      if (!renaming.is_plain(node->statements)) return;
      renaming.run(node->statements);
      record = renaming.name();
      conversion_.made_of.erase(record);  // nothing outside of the loop knows it
    }
    ast::TypeName type;
    type.name.name = "record";
    conversion_.declare(record, std::move(type));
    for (size_t i = 0; i < variables.size(); ++i) {
      add(conversion_.body.block.declarations.end(), conversion_.body.block, variables[i],
          cursor.parameters[i].type);
      before.push_back(assignment(variables[i], std::move((*arguments)[i])));
    }
    select.offset = -1;
    ForRows rows;
    rows.label = std::move(node->label);
    Variable target;
    target.names = {std::move(record)};
    rows.targets.push_back(std::move(target));
    rows.rows = std::move(select);
    rows.statements = std::move(node->statements);
    conversion_.note("FOR over a cursor", statement.offset);
    statement.node = std::move(rows);
    looped_.insert(name);
  }

  static void add(std::vector<Declaration>::iterator before, Block& block, const std::string& name,
                  const VariableType& type) {
    VariableDeclaration variable;
    variable.type = type;
    Declaration declaration;
    declaration.name = name;
    declaration.node = std::move(variable);
    block.declarations.insert(before, std::move(declaration));
  }

  /// How many declarations stand before the cursor's now.
  size_t parameters(Block& block, size_t place) {
    const std::string name = block.declarations[place].name;
    if (conversion_.type_of(name) == nullptr) return 0;
    auto cursor = std::get<CursorDeclaration>(block.declarations[place].node);
    if (looped_.contains(name) && !is_used(name)) {
      block.declarations.erase(block.declarations.begin() + static_cast<std::ptrdiff_t>(place));
      return static_cast<size_t>(-1);
    }
    auto* query = std::get_if<ast::SelectStatement>(&cursor.query.statement);
    bool fits = query != nullptr && !cursor.parameters.empty();
    each_part(conversion_.body, [&](Open& one) {
      if (name_of(one.cursor) == name) fits = fits && in_order(cursor.parameters, one.arguments);
    });
    each_part(conversion_.body, [&](ForCursor& one) { fits = fits && name_of(one.cursor) != name; });
    std::vector<std::string> variables;
    for (const CursorParameter& one : cursor.parameters)
      variables.push_back(conversion_.new_name(name + "_" + one.name));
    if (!fits || !put_in(*query->query, name, cursor.parameters, variables)) return 0;
    each_part(conversion_.body, [&](Statements& statements) {
      expand(statements, [&](Statement& one, std::vector<Statement>& before) {
        auto* open = std::get_if<Open>(&one.node);
        if (open == nullptr || name_of(open->cursor) != name) return;
        std::vector<Value> arguments = *in_order(cursor.parameters, open->arguments);
        for (size_t i = 0; i < variables.size(); ++i)
          before.push_back(assignment(variables[i], std::move(arguments[i])));
        open->arguments.clear();
      });
    });
    for (size_t i = 0; i < variables.size(); ++i)
      add(block.declarations.begin() + static_cast<std::ptrdiff_t>(place + i), block, variables[i],
          cursor.parameters[i].type);
    cursor.parameters.clear();
    Declaration& now = block.declarations[place + variables.size()];
    now.node = std::move(cursor);
    conversion_.note("a cursor with parameters", now.offset);
    return variables.size();
  }

  bool is_used(const std::string& name) const { return names_cursor(conversion_.body.block, name); }

  Conversion& conversion_;
  std::set<std::string> looped_;
  std::set<std::string> in_itself_;  ///< loops over them stand in one another
};

}  // namespace

void convert_cursors(Conversion& conversion) {
  Cursors(conversion).run();
}

}  // namespace pg2crdb::routines

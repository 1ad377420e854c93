// DROP EXTENSION ... CASCADE takes what uses the extension: its functions, types and operator classes.
#include "bind/extensions.h"

#include <algorithm>
#include <iterator>

#include "ast/describe.h"
#include "ast/walk.h"
#include "bind/history.h"
#include "target/functions.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

/// What an extension has that a schema can hang on; names with blanks between them.
struct Extension {
  std::string_view name;
  std::string_view types;
  std::string_view functions;  ///< `st_*` stands for all that begin so
  std::string_view operator_classes;
  std::string_view operators = {};  ///< for types that are not its own: whose an operator is, is not known
  std::string_view index_methods = {};  ///< that it has default operator classes for
};

constexpr Extension extensions[] = {
    {"btree_gin", "", "", "", "", "gin"},
    {"btree_gist", "", "", "gist_*_ops", "<->", "gist"},
    {"citext", "citext", "citext", "citext_ops"},
    {"cube", "cube", "cube cube_*", "cube_ops gist_cube_ops"},
    {"fuzzystrmatch", "",
     "daitch_mokotoff difference dmetaphone dmetaphone_alt levenshtein levenshtein_less_equal metaphone "
     "soundex text_soundex",
     ""},
    {"hstore", "hstore",
     "akeys avals defined each exist hstore hstore_to_* populate_record skeys slice svals",
     "gin_hstore_ops gist_hstore_ops hash_hstore_ops btree_hstore_ops"},
    {"ltree", "ltree lquery ltxtquery", "lca ltree2text nlevel subltree subpath text2ltree",
     "gist_ltree_ops gist__ltree_ops ltree_ops"},
    {"pg_trgm", "", "set_limit show_limit show_trgm similarity strict_word_similarity word_similarity",
     "gin_trgm_ops gist_trgm_ops", "% <% %> <<% %>> <-> <<-> <->> <<<-> <->>>"},
    {"pgcrypto", "",
     "armor crypt dearmor decrypt decrypt_iv digest encrypt encrypt_iv gen_random_bytes gen_salt hmac pgp_*",
     ""},
    {"postgis", "geometry geography box2d box3d", "st_* geometry geography",
     "gist_geo* spgist_geo* brin_geo*"},
    {"unaccent", "", "unaccent", ""},
    {"uuid-ossp", "", "uuid_generate_* uuid_nil uuid_ns_*", ""},
    {"vector", "vector halfvec sparsevec",
     "binary_quantize cosine_distance inner_product l1_distance l2_distance l2_norm l2_normalize subvector "
     "vector_dims vector_norm",
     "vector_*_ops halfvec_*_ops sparsevec_*_ops bit_*_ops"},
};

/// Whether one of the words is the name; a star stands for any letters.
bool has(std::string_view words, std::string_view name) {
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
    const size_t star = word.find('*');
    if (star == std::string_view::npos
            ? word == name
            : name.size() + 1 >= word.size() && name.starts_with(word.substr(0, star)) &&
                  name.ends_with(word.substr(star + 1)))
      return true;
  }
  return false;
}

/// Looks through one statement.
class Uses {
 public:
  Uses(const ast::Script& script, const std::string& extension, ObjectId mark)
      : script_(script), extension_(extension), mark_(mark) {
    const auto known = std::find_if(std::begin(extensions), std::end(extensions),
                                    [&](const Extension& one) { return one.name == extension; });
    if (known != std::end(extensions)) known_ = &*known;
  }

  /// What it uses, in words: that is of the extension, and that may be.
  std::string certain, unsure;

  void look(ast::StatementNode& node) {
    ast::Visitor visitor;
    visitor.type = [&](ast::TypeName& type) { look(type.name); };
    visitor.expr = [&](ast::Expr& expr) {
      if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
        look_at_call(call->name);
      } else if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
        if (known_ != nullptr && !operation->op.empty() && has(known_->operators, operation->op.back()) &&
            !reads_number(*operation))
          unsure = "operator " + operation->op.back();
      }
    };
    visitor.constraint = [&](ast::Constraint& constraint) {
      if (constraint.kind == ast::Constraint::Kind::exclude) look_at_method(constraint.access_method);
    };
    walk(node, visitor);
    if (const auto* index = std::get_if<ast::CreateIndex>(&node)) {
      for (const ast::IndexElement& element : index->elements) look_at_class(element.operator_class);
      if (certain.empty()) look_at_method(index->method);
    }
    const auto* function = std::get_if<ast::CreateFunction>(&node);
    if (function != nullptr && function->language == extension_) unsure = "language " + function->language;
  }

 private:
  bool is_own(const ast::Name& name) const {
    return name.object != ast::no_object && script_.objects[name.object].made_here();
  }
  void uses(ast::Name& name, const std::string& what) {
    if (mark_ != ast::no_object) name.object = mark_;
    certain = what;
  }
  void look(ast::Name& type) {
    if (is_own(type) || is_system_schema(type.schema)) return;
    if (known_ != nullptr ? has(known_->types, type.name) : type.name == extension_) {
      uses(type, "type " + type.name);
    } else if (known_ == nullptr && !type.schema.empty()) {
      unsure = "type " + to_string(type);
    }
  }
  void look_at_call(ast::Name& call) {
    if (is_own(call) || is_system_schema(call.schema)) return;
    if (known_ != nullptr && has(known_->functions, call.name)) {
      uses(call, "function " + call.name);
    } else if (known_ == nullptr && !is_built_in_function(call.name) && !is_later_function(call.name)) {
      unsure = "function " + to_string(call);
    }
  }
  void look_at_class(const ast::Name& operator_class) {
    if (operator_class.empty() || is_system_schema(operator_class.schema)) return;
    if (known_ != nullptr && has(known_->operator_classes, operator_class.name)) {
      certain = "operator class " + operator_class.name;
    } else if (known_ == nullptr) {
      unsure = "operator class " + operator_class.name;
    }
  }
  void look_at_method(const std::string& method) {
    if (known_ != nullptr && has(known_->index_methods, method)) unsure = "index method " + method;
  }
  static bool reads_number(const ast::Operation& operation) {
    const auto is_number = [](const auto& operand) {
      const auto* literal = operand ? std::get_if<ast::Literal>(&operand->node) : nullptr;
      return literal != nullptr && literal->kind != ast::Literal::Kind::string;
    };
    return is_number(operation.left) || is_number(operation.right);
  }

  const ast::Script& script_;
  const std::string& extension_;
  ObjectId mark_;
  const Extension* known_ = nullptr;
};

/// Whether PostgreSQL drops the statement's object, or a part of it, with what it uses.
bool depends(const ast::StatementNode& node) {
  return std::holds_alternative<ast::CreateTable>(node) || std::holds_alternative<ast::AlterTable>(node) ||
         std::holds_alternative<ast::CreateIndex>(node) || std::holds_alternative<ast::CreateView>(node) ||
         std::holds_alternative<ast::CreateTableAs>(node) ||
         std::holds_alternative<ast::CreateFunction>(node) ||
         std::holds_alternative<ast::CreateTrigger>(node) ||
         std::holds_alternative<ast::CreatePolicy>(node) || std::holds_alternative<ast::CreateDomain>(node) ||
         std::holds_alternative<ast::CreateCompositeType>(node);
}

/// Whether what goes is no more than erase() takes away by itself.
bool can_be_erased(const ast::StatementNode& node, const std::string& what) {
  const bool type = what.starts_with("type ");
  if (const auto* as = std::get_if<ast::CreateTableAs>(&node)) return as->materialized_view;
  if (std::holds_alternative<ast::AlterTable>(node)) return !type;
  return type || !std::holds_alternative<ast::CreateDomain>(node);
}

}  // namespace

ExtensionUses uses_of_extension(ast::Script& script, const std::string& extension, const ast::Statement& by,
                                ObjectId mark) {
  ExtensionUses uses;
  std::vector<bool> makes(script.statements.size()), stands(script.statements.size());
  for (const ast::Object& object : script.objects) {
    if (!object.made_here()) continue;
    makes[object.created] = true;
    if (object.stands()) stands[object.created] = true;
  }
  for (ast::Statement& one : script.statements) {
    const bool gone = makes[one.id] && !stands[one.id];
    if (!one.live() || gone || !depends(one.node) || !stands_before(one.span, by.span)) continue;
    Uses found(script, extension, mark);
    found.look(one.node);
    if (!found.certain.empty() && can_be_erased(one.node, found.certain)) {
      uses.certain.push_back(one.id);
    } else if (!found.certain.empty() || !found.unsure.empty()) {
      uses.unsure = one.id;
      uses.what = found.certain.empty() ? found.unsure : found.certain;
      return uses;
    }
  }
  return uses;
}

std::vector<std::string> dropped_extensions(const ast::Script& script, const ast::Drop& drop) {
  std::vector<std::string> extensions;
  if (!drop.cascade) return extensions;
  for (const ast::ObjectRef& object : drop.objects) {
    if (drop.kind == ObjectKind::extension) extensions.push_back(object.name.name);
    if (drop.kind != ObjectKind::schema) continue;
    for (const ast::Statement& one : script.statements) {
      const auto* create = one.live() ? std::get_if<ast::CreateExtension>(&one.node) : nullptr;
      if (create != nullptr && create->schema == object.name.name) extensions.push_back(create->name);
    }
  }
  return extensions;
}

/// Takes what hangs on the extension out of the output. True where it is not known what does: the statement
/// is left for a person.
bool History::drop_extension(ast::Statement& statement, const std::string& name) {
  ObjectId id = binder_.names.find(ObjectKind::extension, {{}, name}, {});
  if (id == ast::no_object) id = binder_.names.create(ObjectKind::extension, {{}, name}, ast::no_statement);
  const ExtensionUses uses = uses_of_extension(context_.script, name, statement, id);
  if (uses.unsure != ast::no_statement) {
    report_extension(context_, statement, name, uses);
    return true;
  }
  for (const ast::StatementId user : uses.certain) binder_.note_use(id, user);
  if (!uses.certain.empty()) erase(id, statement);
  return false;
}

void report_extension(PassContext& context, ast::Statement& statement, const std::string& extension,
                      const ExtensionUses& uses) {
  const bool sure = uses.unsure == ast::no_statement;
  const ast::Statement& user = context.script.statements[sure ? uses.certain.front() : uses.unsure];
  const std::string what = ast::statement_object(user.node);
  context.report(rules[History::rename_unfollowed], statement, extension,
                 "extension `" + extension + "` is dropped, and `" + what + "` (" +
                     PassContext::line_of(user) + ") " + (sure ? "goes" : "may go") + " with it" +
                     (sure ? "" : ": it uses the " + uses.what),
                 -1, "Drop what goes with the extension by statements of their own in front of it.");
  context.needs_person(statement, what + (sure ? " goes with the extension" : " may go with the extension"));
}

}  // namespace pg2crdb::bind

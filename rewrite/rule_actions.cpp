#include "rewrite/rule_actions.h"

#include <algorithm>
#include <iterator>

#include "rewrite/fragment.h"
#include "rewrite/rename.h"
#include "rewrite/rule_program.h"

namespace pg2crdb::rewrite {

using ast::FieldInfo;
using ast::type_info;
using ast::TypeInfo;
using Kind = TypeInfo::Kind;

namespace {

const FindingKind rules_of_engine[] = {
    {"rule-never-ends", Severity::error, "rules", "a rewrite rule matches what it has just written, for ever",
     "Add a condition that no longer holds once the rule has run."},
    {"rules-undo-each-other", Severity::error, "rules",
     "two rewrite rules change the same place back and forth, so neither result stands",
     "Remove one of them, or add a condition that keeps them apart."},
    {"rule-leaves-nothing", Severity::error, "rules",
     "a rewrite rule deleted the last part that a statement needs",
     "Let the rule delete the statement, or keep a part."},
    {"rule-cannot-write", Severity::error, "rules",
     "a rewrite rule matched, and what it should write cannot be made of what its variables stand for",
     "Bind the variable by a pattern that gives it the right kind of thing."},
    {"column-left-out", Severity::warning, "rules",
     "a rewrite rule without a finding of its own leaves a column out, and the values in it",
     "Let the rule say so, or acknowledge it."},
    rename_not_followed,
};
}  // namespace

const std::span<const FindingKind> engine_rules = rules_of_engine;
const FindingKind& engine::never_ends = rules_of_engine[0];
const FindingKind& engine::undo_each_other = rules_of_engine[1];
const FindingKind& engine::leaves_nothing = rules_of_engine[2];
const FindingKind& engine::cannot_write = rules_of_engine[3];
const FindingKind& engine::column_left_out = rules_of_engine[4];

namespace {

template <class T>
const T& as(const void* node) {
  return *static_cast<const T*>(node);
}

/// Whether the pattern, the new form or both say something about a field.
bool says(const TypeInfo& type, const void* node) {
  return node != nullptr && !ast::is_empty(type, node);
}

/// Open nodes keep what neither the pattern nor the new form mentions; see docs/rule-language.md.
bool is_open(const TypeInfo& type) {
  return type.kind == Kind::structure && &type != &type_info<ast::Expr>() &&
         &type != &type_info<ast::TypeName>() && &type != &type_info<ast::Name>() &&
         &type != &type_info<ast::Role>();
}

/// Puts the new form in place of the node: what it says is set, what only the pattern said is cleared, the
/// rest stays.
void replace(const TypeInfo& type, void* node, const void* pattern, const void* form) {
  void* fresh = const_cast<void*>(form);
  void* wanted = const_cast<void*>(pattern);
  if (type.kind == Kind::variant && type.index(node) == type.index(form)) {
    const TypeInfo& held = *type.alternatives[type.index(node)];
    return replace(held, type.held(node), wanted == nullptr ? nullptr : type.held(wanted), type.held(fresh));
  }
  if (&type == &type_info<ast::TypeName>() && pattern != nullptr) {
    // Arrays and sets of a type stay arrays and sets of what it becomes.
    const auto& wanted_type = as<ast::TypeName>(pattern);
    ast::TypeName now = as<ast::TypeName>(form);
    now.set_of = now.set_of || as<ast::TypeName>(node).set_of;
    now.offset = as<ast::TypeName>(node).offset;
    if (wanted_type.array_bounds.empty() && !variable_in(wanted_type.name.name))
      now.array_bounds.insert(now.array_bounds.begin(), as<ast::TypeName>(node).array_bounds.begin(),
                              as<ast::TypeName>(node).array_bounds.end());
    return type.assign(node, &now);
  }
  if (&type == &type_info<ast::Expr>()) {
    // It stands where the old one stood; the form's own offset is one of the rule file.
    ast::Expr now = as<ast::Expr>(form);
    now.offset = as<ast::Expr>(node).offset;
    return type.assign(node, &now);
  }
  if (!is_open(type)) return type.assign(node, form);
  for (const FieldInfo& field : type.fields) {
    void* now = field.member(node);
    void* then = field.member(fresh);
    void* matched = wanted == nullptr ? nullptr : field.member(wanted);
    if (says(*field.type, then)) {
      if (is_open(*field.type)) {
        replace(*field.type, now, matched, then);
      } else {
        field.type->assign(now, then);
      }
    } else if (says(*field.type, matched)) {
      field.type->assign(now, then);
    }
  }
}

/// A table that was rewritten as a whole: its columns' types in PostgreSQL are those that they had.
void keep_source_types(const ast::StatementNode& before, ast::StatementNode& after) {
  const auto* old_table = std::get_if<ast::CreateTable>(&before);
  auto* new_table = std::get_if<ast::CreateTable>(&after);
  if (old_table == nullptr || new_table == nullptr) return;
  for (ast::Column& column : new_table->columns) {
    const auto it = std::find_if(old_table->columns.begin(), old_table->columns.end(),
                                 [&](const ast::Column& other) { return other.name == column.name; });
    if (it == old_table->columns.end() || !column.source_type.empty()) continue;
    if (!it->source_type.empty())
      column.source_type = it->source_type;
    else if (!ast::equal(type_info<ast::TypeName>(), &it->type, &column.type))
      column.source_type = it->type;
  }
}

bool cannot(const RewriteRule& rule, PassContext& context, const Site& site, const std::string& why) {
  context.report(engine::cannot_write, site.statement, site.object(),
                 "the rule " + rule.shown() + " cannot be carried out on `" + site.object() + "`: " + why,
                 site.offset);
  context.needs_person(site.statement, "a rewrite rule could not be carried out");
  return false;
}

void with_implicit(Bindings& bindings, const Site& site) {
  if (site.table != nullptr && bindings.find("table") == nullptr)
    bindings.bind({"table", &type_info<ast::Name>(), false, {type_info<ast::Name>().copy(site.table)}});
  if (site.column != nullptr && bindings.find("column") == nullptr)
    bindings.bind_text("column", site.column->name);
}

}  // namespace

void RuleActions::begin_statement() {
  done_.clear();
  told_.clear();
}

RuleActions::Outcome RuleActions::act(const RewriteRule& rule, const Match& match, Site& site,
                                      const Slot& slot, Way& way, Bindings& bindings) {
  if (rule.actions.empty()) {
    report(rule, site, bindings);
    return {};
  }
  // Texts speak of what was found, not of what it became.
  const std::string message = rule.finding != nullptr ? filled(rule.say, site, bindings) : std::string();
  const std::string object = rule.about.empty() ? site.object() : filled(rule.about, site, bindings);
  bindings.own();
  Acting acting{rule, match, context_.named(rule.touches_as), site, slot, way, bindings};
  const std::shared_ptr<void> before = site.type.copy(site.node);
  std::optional<ast::TypeName> type_before;
  if (site.column != nullptr) type_before = site.column->type;
  for (const Action& action : rule.actions) {
    if (!once(rule, action, way)) continue;
    if (!perform(acting, action)) return {};
    if (acting.gone) break;
  }
  const bool changed = acting.structural || acting.gone || !ast::equal(site.type, before.get(), site.node);
  if (!changed) return {};
  if (!acting.gone && site.column != nullptr && type_before && site.column->source_type.empty() &&
      !ast::equal(type_info<ast::TypeName>(), &*type_before, &site.column->type)) {
    const_cast<ast::Column*>(site.column)->source_type = *type_before;
  }
  if (&site.type == &type_info<ast::StatementNode>() && !acting.gone)
    keep_source_types(*static_cast<const ast::StatementNode*>(before.get()), site.statement.node);
  if (site.statement.live()) acting.context.rewritten(site.statement);
  if (rule.finding != nullptr && tell(rule, site))
    acting.context.report(*rule.finding, site.statement, object, message, site.offset);
  return {true, acting.gone};
}

void RuleActions::report(const RewriteRule& rule, const Site& site, const Bindings& bindings) {
  PassContext context = context_.named(rule.touches_as);
  if (rule.finding != nullptr && tell(rule, site))
    context.report(*rule.finding, site.statement,
                   rule.about.empty() ? site.object() : filled(rule.about, site, bindings),
                   filled(rule.say, site, bindings), site.offset);
}

/// Types in expressions are told of where nothing was said of the statement yet: a column's own says more.
bool RuleActions::tell(const RewriteRule& rule, const Site& site) {
  // A comment's signature says which routine it is of; the routine tells of its types.
  if (&site.type == &type_info<ast::TypeName>() && std::holds_alternative<ast::Comment>(site.statement.node))
    return false;
  const bool first = told_.insert(rule.finding).second;
  if (rule.once) return first;
  return first || &site.type != &type_info<ast::TypeName>() || site.is_type_of_column();
}

/// Adding is not visible in the node, so each place gets it once.
bool RuleActions::once(const RewriteRule& rule, const Action& action, const Way& way) {
  if (action.kind != Action::Kind::add_statement && action.kind != Action::Kind::add_element) return true;
  std::string key = rule.name + std::to_string(action.place.begin);
  for (const size_t step : way.steps) key += "/" + std::to_string(step);
  return done_.insert(std::move(key)).second;
}

/// False where the rule could not be carried out; that is reported.
bool RuleActions::perform(Acting& acting, const Action& action) {
  Site& site = acting.site;
  PassContext& context = acting.context;
  ast::Statement& statement = site.statement;
  auto reason = [&](std::string_view otherwise) {
    return action.text.empty() ? std::string(otherwise) : filled(action.text, site, acting.bindings);
  };
  switch (action.kind) {
    case Action::Kind::remove:
      acting.gone = true;
      return remove(acting, reason("a rule leaves it out"));
    case Action::Kind::hold:
      context.needs_person(statement, reason("a rule holds it back"));
      acting.gone = true;
      return true;
    case Action::Kind::move:
      if (!context.options.in_order &&
          (statement.phase != action.phase || statement.fate != ast::Fate::moved)) {
        acting.structural = true;
        context.move(statement, action.phase, reason("a rule moves it"));
      }
      return true;
    case Action::Kind::rewrite: {
      const std::shared_ptr<void> form = made(acting, action);
      if (!form) return false;
      if (&site.type == &type_info<ast::Column>()) static_cast<ast::Column*>(form.get())->name.clear();
      replace(site.type, site.node, acting.match.pattern ? acting.match.pattern.node.get() : nullptr,
              form.get());
      return true;
    }
    case Action::Kind::add_statement: {
      ast::StatementNode node;
      if (action.fragment) {
        const std::shared_ptr<void> form = made(acting, action);
        if (!form) return false;
        node = *static_cast<ast::StatementNode*>(form.get());
      } else {
        node = ast::Opaque{"verbatim", filled_sql(action.text, site, acting.bindings)};
      }
      ast::Statement& added = context.add(std::move(node), statement, action.phase);
      // What made its origin made it too: no rule is fed by its own chain.
      added.passes.insert(added.passes.begin(), statement.passes.begin(), statement.passes.end());
      acting.structural = true;
      return true;
    }
    case Action::Kind::add_element: {
      const Reached list = reach(site.type, site.node, action.path, Boxes::fill);
      const std::shared_ptr<void> form = made(acting, action);
      if (!form) return false;
      if (list.node == nullptr) return cannot(acting.rule, context, site, "there is no list to add to");
      list.type->insert(list.node, list.type->size(list.node), form.get());
      return true;
    }
    case Action::Kind::set: {
      const Reached part = reach(site.type, site.node, action.path, Boxes::fill);
      if (part.node == nullptr) return cannot(acting.rule, context, site, "it has no such part");
      if (!action.text.empty()) {
        *static_cast<std::string*>(part.node) = filled(action.text, site, acting.bindings);
        return true;
      }
      const std::shared_ptr<void> form = made(acting, action);
      if (!form) return false;
      const bool boxed = part.type->kind == Kind::box;
      (boxed ? part.type->element : part.type)
          ->assign(boxed ? part.type->fill(part.node) : part.node, form.get());
      return true;
    }
    case Action::Kind::unset: {
      std::vector<std::string> parents(action.path.begin(), action.path.end() - 1);
      const Reached parent = follow(site.type, site.node, parents);
      if (parent.node == nullptr) return true;
      const Reached part = reach(*parent.type, parent.node, {action.path.back()}, Boxes::fill);
      if (part.node != nullptr) part.type->assign(part.node, part.type->make().get());
      return true;
    }
    case Action::Kind::replace_text: {
      const Reached part = follow(site.type, site.node, action.path);
      if (part.node == nullptr || part.type->kind != Kind::text) return true;
      auto& text = *static_cast<std::string*>(part.node);
      if (text.size() > Regex::longest_text)
        return cannot(acting.rule, context, site, "the text is too long to be searched");
      text = action.regex->replace(text, filled(action.text, site, acting.bindings));
      return true;
    }
    case Action::Kind::rename: {
      const std::string name = filled(action.text, site, acting.bindings);
      const Result<bool> renamed = rename(context, site, name);
      if (!renamed) return cannot(acting.rule, context, site, renamed.error().message);
      acting.structural = *renamed;
      return true;
    }
  }
  return true;
}

/// The action's fragment with its variables filled in; null, and reported, where that cannot be done.
std::shared_ptr<void> RuleActions::made(Acting& acting, const Action& action) {
  std::shared_ptr<void> form = action.fragment.type->copy(action.fragment.node.get());
  std::string problem;
  Bindings all = acting.bindings;
  with_implicit(all, acting.site);
  if (instantiate(*action.fragment.type, form.get(), all, problem)) return form;
  cannot(acting.rule, acting.context, acting.site, "`" + problem + "` cannot stand there");
  return nullptr;
}

namespace {

/// What rows have in a column that is left out is not loaded.
void leave_out_values(PassContext& context, const ast::Statement& statement, const std::string& column) {
  const auto* create = std::get_if<ast::CreateTable>(&statement.node);
  if (create == nullptr) return;
  for (ast::DataBlock& block : context.script.data) {
    const bool bound = block.table.object != ast::no_object && create->name.object != ast::no_object;
    if (bound ? block.table.object != create->name.object
              : !may_be_same(block.table, name_in_source(*create)))
      continue;
    if (block.columns.empty()) {  // all of the table's; COPY does not give generated ones
      for (const ast::Column& one : create->columns) {
        if (block.format == ast::DataBlock::Format::insert || !one.generated)
          block.columns.push_back(name_in_source(one));
      }
    }
    std::replace(block.columns.begin(), block.columns.end(), column, std::string());
  }
}

}  // namespace

bool RuleActions::remove(Acting& acting, const std::string& reason) {
  const RewriteRule& rule = acting.rule;
  const Slot& slot = acting.slot;
  Site& site = acting.site;
  PassContext& context = acting.context;
  ast::Statement& statement = site.statement;
  if (&site.type == &type_info<ast::StatementNode>()) {
    context.drop(statement, reason);
    return true;
  }
  const std::string object = site.object();
  if (&site.type == &type_info<ast::Column>())
    leave_out_values(context, statement, name_in_source(*static_cast<const ast::Column*>(site.node)));
  if (rule.finding == nullptr && &site.type == &type_info<ast::Column>()) {
    context.report(engine::column_left_out, statement, object,
                   "the rule " + rule.shown() + " leaves `" + object + "` out, and its values with it",
                   site.offset);
  }
  if (slot.list != nullptr) {
    slot.list->erase(slot.items, slot.index);
    if (slot.list->size(slot.items) > 0) return true;
    // Without any entry left, these say nothing any more.
    const bool commands = slot.list->element == &type_info<ast::AlterCommand>();
    const bool privileges = slot.list->element == &type_info<ast::Privilege>();
    if (commands || privileges) {
      context.drop(statement, reason);
    } else if (slot.required) {
      context.report(engine::leaves_nothing, statement, object,
                     "the rule " + rule.shown() + " leaves nothing of `" + object + "`");
      context.needs_person(statement, "a rewrite rule left nothing of it");
    }
    return true;
  }
  if (slot.box != nullptr) {
    if (slot.required) return cannot(rule, context, site, "what it is in cannot be without it");
    slot.box->reset(slot.boxed);
    return true;
  }
  // The column of ADD COLUMN and the constraint of ADD CONSTRAINT are what the command is.
  if (&site.type == &type_info<ast::Column>() || &site.type == &type_info<ast::Constraint>()) {
    const Slot& command = acting.way.command;
    command.list->erase(command.items, command.index);
    acting.way.command_gone = true;
    if (command.list->size(command.items) == 0) context.drop(statement, reason);
    return true;
  }
  if (slot.plain == &site.type) {
    site.type.assign(site.node, site.type.make().get());
    return true;
  }
  return cannot(rule, context, site, "it cannot be taken out of what it is in");
}

}  // namespace pg2crdb::rewrite

// What a rule does.
#include <algorithm>

#include "rewrite/rule_reader.h"

namespace pg2crdb::rewrite {

void RuleReader::action(Parser::ActionContext& context) {
  Action action;
  action.place = place(&context);
  auto because = [&](Parser::BecauseContext* reason) {
    if (reason != nullptr) action.text = read_template(reason->STRING());
  };
  if (auto* remove = dynamic_cast<Parser::DeleteActionContext*>(&context)) {
    because(remove->because());
  } else if (auto* hold = dynamic_cast<Parser::HoldActionContext*>(&context)) {
    action.kind = Action::Kind::hold;
    because(hold->because());
  } else if (auto* move = dynamic_cast<Parser::MoveActionContext*>(&context)) {
    action.kind = Action::Kind::move;
    because(move->because());
    action.phase = phase(move->name());
  } else if (auto* rewrite = dynamic_cast<Parser::RewriteActionContext*>(&context)) {
    action.kind = Action::Kind::rewrite;
    rewrite_as(action, *rewrite->sql());
  } else if (auto* verbatim = dynamic_cast<Parser::AddVerbatimActionContext*>(&context)) {
    action.kind = Action::Kind::add_statement;
    action.phase = verbatim->side->getText() == "before" ? ast::Phase::pre_data : ast::Phase::post_data;
    action.text = read_template(verbatim->STRING());
  } else if (auto* add = dynamic_cast<Parser::AddStatementActionContext*>(&context)) {
    action.kind = Action::Kind::add_statement;
    action.phase = add->side->getText() == "before" ? ast::Phase::pre_data : ast::Phase::post_data;
    action.fragment = used_fragment(Noun::statement, *add->sql());
  } else if (auto* element = dynamic_cast<Parser::AddElementActionContext*>(&context)) {
    action.kind = Action::Kind::add_element;
    action.path = path(element->path());
    const ast::TypeInfo& type = only_type(action.path, action.place);
    if (type.kind != ast::TypeInfo::Kind::vector)
      fail(action.place, "`" + shown_path(action.path) + "` is no list that something can be added to");
    part_fragment(action, *type.element, *element->sql());
  } else if (auto* set = dynamic_cast<Parser::SetActionContext*>(&context)) {
    action.kind = Action::Kind::set;
    action.path = path(set->path());
    part_fragment(action, only_type(action.path, action.place), *set->sql());
  } else if (auto* unset = dynamic_cast<Parser::UnsetActionContext*>(&context)) {
    action.kind = Action::Kind::unset;
    action.path = path(unset->path());
    check_path(action.path, action.place);
    check_not_required(action.path, action.place);
  } else if (auto* replace = dynamic_cast<Parser::ReplaceActionContext*>(&context)) {
    action.kind = Action::Kind::replace_text;
    action.path = path(replace->path());
    action.regex = regex(replace->STRING(0));
    action.text = read_template(replace->STRING(1));
    if (only_type(action.path, action.place).kind != ast::TypeInfo::Kind::text)
      fail(action.place, "`" + shown_path(action.path) + "` is no text");
  } else if (auto* rename = dynamic_cast<Parser::RenameActionContext*>(&context)) {
    action.kind = Action::Kind::rename;
    action.text = read_template(rename->STRING());
    check_renamable(action.place);
  }
  rule_->actions.push_back(std::move(action));
}

ast::Phase RuleReader::phase(Parser::NameContext* context) const {
  const std::string name = context->getText();
  const std::vector<std::string> known = {"roles", "pre-data", "post-data", "revalidate"};
  const auto it = std::find(known.begin(), known.end(), name);
  if (it == known.end())
    fail(place(context), "there is no phase `" + name + "`",
         "the phases are roles, pre-data, post-data and revalidate");
  return static_cast<ast::Phase>(it - known.begin());
}

void RuleReader::check_renamable(Place where) const {
  for (const Match& match : rule_->matches) {
    const bool column = match.type == &type_of(Noun::column);
    const bool table = match.pattern && match.type == &type_of(Noun::statement) &&
                       std::holds_alternative<ast::CreateTable>(
                           *static_cast<const ast::StatementNode*>(match.pattern.node.get()));
    if (!column && !table)
      fail(where, "only columns and tables are renamed everywhere",
           "match `column $table.$column` or `statement CREATE TABLE $table ()`; `set .name to ...` "
           "changes other names");
  }
}

std::string RuleReader::shown_path(const std::vector<std::string>& path) {
  std::string text;
  for (const std::string& step : path) text += "." + step;
  return text;
}

Fragment RuleReader::used_fragment(Noun noun, Parser::SqlContext& sql) {
  Fragment result = fragment(noun, sql);
  for (const std::string& name : result.variables) use_variable(name, result.place);
  return result;
}

void RuleReader::rewrite_as(Action& action, Parser::SqlContext& sql) {
  std::optional<Noun> noun;
  for (const Match& match : rule_->matches) {
    const std::optional<Noun> one = noun_of(*match.type);
    if (noun && one != noun)
      fail(action.place, "the alternatives match different things, so `rewrite as` cannot fit all of them",
           "make them rules of their own");
    noun = one;
  }
  action.fragment = used_fragment(*noun, sql);
  if (*noun == Noun::column) static_cast<ast::Column*>(action.fragment.node.get())->name.clear();
  for (const Match& match : rule_->matches) {
    if (match.pattern &&
        ast::equal(*match.pattern.type, match.pattern.node.get(), action.fragment.node.get()) &&
        !rule_->condition)
      fail(action.place, "the rule `" + rule_->name + "` would never end: what it writes is what it matches");
  }
}

const ast::TypeInfo& RuleReader::only_type(const std::vector<std::string>& path, Place where) {
  const std::vector<const ast::TypeInfo*> ends = check_path(path, where);
  for (const ast::TypeInfo* type : ends) {
    if (type != ends[0])
      fail(where, "`" + shown_path(path) + "` is not the same kind of thing in all that is matched");
  }
  return *ends[0];
}

void RuleReader::part_fragment(Action& action, const ast::TypeInfo& type, Parser::SqlContext& sql) {
  using Kind = ast::TypeInfo::Kind;
  if (const std::optional<Noun> noun = noun_of(type)) {
    action.fragment = used_fragment(*noun, sql);
    // A column that is added brings its name: `add to .columns tenant_id uuid NOT NULL`.
    return;
  }
  const std::string text = source(&sql);
  action.fragment.type = &type;
  action.fragment.node = type.make();
  action.fragment.place = place(&sql);
  void* node = action.fragment.node.get();
  if (type.kind == Kind::text) {
    auto& value = *static_cast<std::string*>(node);
    if (text[0] == '\'') {
      antlr4::Token* only = sql.getStart();
      if (only != sql.getStop()) fail(action.fragment.place, "one text in '...' is all that can stand here");
      action.text = read_template(dynamic_cast<antlr4::tree::TerminalNode*>(sql.children[0]));
    } else if (text[0] == '$') {
      value = std::string(1, variable_mark) + "$" + text.substr(1);
      action.fragment.variables.push_back(text.substr(1));
      use_variable(text.substr(1), action.fragment.place);
    } else {
      value = text;
    }
    return;
  }
  if (type.kind == Kind::boolean) {
    if (text != "true" && text != "false") fail(action.fragment.place, "this part is true or false");
    type.set_number(node, text == "true" ? 1 : 0);
    return;
  }
  if (type.kind == Kind::enumeration) {
    const std::vector<std::string> known(type.words.begin(), type.words.end());
    const auto it = std::find(known.begin(), known.end(), text);
    if (it == known.end()) {
      std::string all;
      for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
      fail(action.fragment.place, "`" + text + "` is none of the values of this part", "it can be " + all);
    }
    type.set_number(node, it - known.begin());
    return;
  }
  if (type.kind == Kind::integer) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos || text.size() > 18)
      fail(action.fragment.place, "this part is a number");
    type.set_number(node, std::stoll(text));
    return;
  }
  fail(action.fragment.place, "a part of this kind cannot be written in a rule",
       "set one of its own parts, or rewrite the whole");
}

}  // namespace pg2crdb::rewrite

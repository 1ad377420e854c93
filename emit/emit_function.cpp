#include "emit/emit.h"

namespace pg2crdb {
namespace {

using ast::CreateFunction;
using StandardBody = ast::CreateFunction::StandardBody;
using ast::FunctionParameter;

void write_parameter(SqlWriter& out, const FunctionParameter& parameter) {
  switch (parameter.mode) {
    case FunctionParameter::Mode::in:
      if (parameter.mode_written) out.keyword("IN");
      break;
    case FunctionParameter::Mode::out:
      out.keyword("OUT");
      break;
    case FunctionParameter::Mode::inout:
      out.keyword("INOUT");
      break;
    case FunctionParameter::Mode::variadic:
      out.keyword("VARIADIC");
      break;
    case FunctionParameter::Mode::table:
      break;
  }
  if (!parameter.name.empty()) out.ident(parameter.name);
  write_type(out, parameter.type);
  if (parameter.default_value) {
    out.keyword("DEFAULT");
    write_expr(out, *parameter.default_value);
  }
}

void write_parameters(SqlWriter& out, const CreateFunction& statement, bool of_table) {
  bool first = true;
  for (const FunctionParameter& parameter : statement.parameters) {
    if ((parameter.mode == FunctionParameter::Mode::table) != of_table) continue;
    if (!first) out.comma();
    first = false;
    write_parameter(out, parameter);
  }
}

bool returns_table(const CreateFunction& statement) {
  for (const FunctionParameter& parameter : statement.parameters) {
    if (parameter.mode == FunctionParameter::Mode::table) return true;
  }
  return false;
}

void write_attribute(SqlWriter& out, std::string_view words, const std::string& value) {
  if (value.empty()) return;
  if (!words.empty()) out.keyword(words);
  out.keyword(value);
}

void write_attributes(SqlWriter& out, const CreateFunction& statement) {
  if (!statement.language.empty()) {
    out.keyword("LANGUAGE");
    out.ident(statement.language);
  }
  if (!statement.transforms.empty()) {
    out.keyword("TRANSFORM");
    out.list(statement.transforms, [&out](const ast::TypeName& type) {
      out.keyword("FOR TYPE");
      write_type(out, type);
    });
  }
  if (statement.window) out.keyword("WINDOW");
  write_attribute(out, "", statement.volatility);
  if (statement.strict) out.keyword("STRICT");
  if (statement.called_on_null_input) out.keyword("CALLED ON NULL INPUT");
  if (statement.security_definer) out.keyword("SECURITY DEFINER");
  if (statement.security_invoker) out.keyword("SECURITY INVOKER");
  if (statement.leakproof) out.keyword("LEAKPROOF");
  write_attribute(out, "COST", statement.cost);
  write_attribute(out, "ROWS", statement.rows);
  if (!statement.support.empty()) {
    out.keyword("SUPPORT");
    out.name(statement.support);
  }
  write_attribute(out, "PARALLEL", statement.parallel);
  for (const ast::SetVariable& setting : statement.settings) write_set_variable(out, setting);
}

}  // namespace

void write_statement(SqlWriter& out, const CreateFunction& statement) {
  out.keyword(statement.or_replace ? "CREATE OR REPLACE" : "CREATE");
  out.keyword(statement.procedure ? "PROCEDURE" : "FUNCTION");
  out.name(statement.name);
  out.glue("(");
  write_parameters(out, statement, false);
  out.close();
  if (returns_table(statement)) {
    out.keyword("RETURNS TABLE");
    out.glue("(");
    write_parameters(out, statement, true);
    out.close();
  } else if (!statement.returns.empty()) {
    out.keyword("RETURNS");
    write_type(out, statement.returns);
  }
  write_attributes(out, statement);
  if (statement.body.empty()) return;
  if (statement.standard_body == StandardBody::returned) {
    out.keyword("RETURN");
    return out.glue(std::string_view(statement.body.at(0)).substr(std::string_view("SELECT").size()));
  }
  if (statement.standard_body == StandardBody::atomic) {
    out.keyword("BEGIN ATOMIC");
    out.line(0);
    out.glue(statement.body.at(0));
    out.line(0);
    return out.keyword("END");
  }
  out.keyword("AS");
  if (statement.body.size() == 1) {
    out.dollar_quoted(statement.body[0]);
  } else {
    out.list(statement.body, [&out](const std::string& part) { out.literal(part); });
  }
}

}  // namespace pg2crdb

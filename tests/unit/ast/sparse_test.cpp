#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "ast/box.h"
#include "ast/equal.h"
#include "ast/statement.h"
#include "ast/walk.h"

namespace pg2crdb {
namespace {

TEST_CASE("a member that is nearly always empty reads as an empty one, and takes a pointer's room") {
  ast::Sparse<std::string> text;
  CHECK(text.empty());
  CHECK_FALSE(text);
  CHECK(text->size() == 0);
  CHECK(text == "");
  text = "MAIN";
  CHECK(text == std::string("MAIN"));
  const ast::Sparse<std::string> copy = text;
  text.filled() += "S";
  CHECK(std::string_view(text) == "MAINS");
  CHECK(*copy == "MAIN");
  text = std::string_view();
  CHECK_FALSE(text);
  CHECK(sizeof(text) == sizeof(void*));
}

TEST_CASE("trees are equal whether an empty member was ever filled or not") {
  ast::CreateTable table;
  table.columns.resize(1);
  ast::CreateTable other = table;
  other.columns[0].collation.filled();
  CHECK(ast::equal(ast::StatementNode(table), ast::StatementNode(other)));
  other.columns[0].collation = ast::Name{"", "C"};
  CHECK_FALSE(ast::equal(ast::StatementNode(table), ast::StatementNode(other)));
}

TEST_CASE("a walk comes to the types of members that are there, and to no others") {
  ast::CreateFunction function;
  ast::StatementNode node = function;
  int types = 0;
  ast::Visitor visitor;
  visitor.type = [&](ast::TypeName&) { ++types; };
  ast::walk(node, visitor);
  CHECK(types == 0);
  function.returns.filled().name.name = "int4";
  node = function;
  ast::walk(node, visitor);
  CHECK(types == 1);
}

}  // namespace
}  // namespace pg2crdb

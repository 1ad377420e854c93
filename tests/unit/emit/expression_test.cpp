#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "emit/sql.h"

using namespace pg2crdb;
using namespace pg2crdb::ast;

namespace {

Expr column(std::string name) {
  return {ColumnRef{{std::move(name)}, false}};
}
Expr integer(std::string digits) {
  return {Literal{Literal::Kind::integer, std::move(digits)}};
}
Expr text(std::string value) {
  return {Literal{Literal::Kind::string, std::move(value)}};
}

Expr op(std::string symbol, Expr left, Expr right) {
  return {Operation{Operation::Kind::op, {std::move(symbol)}, std::move(left), std::move(right)}};
}
Expr prefix(std::string symbol, Expr right) {
  return {Operation{Operation::Kind::op, {std::move(symbol)}, {}, std::move(right)}};
}
Expr operation(Operation::Kind kind, std::string symbol, Expr left, Expr right) {
  return {Operation{kind, {std::move(symbol)}, std::move(left), std::move(right)}};
}
Expr list(std::vector<Expr> items) {
  return {ExprList{std::move(items)}};
}
Expr both(Expr left, Expr right) {
  return {BoolExpr{BoolExpr::Kind::conjunction, {std::move(left), std::move(right)}}};
}
Expr either(Expr left, Expr right) {
  return {BoolExpr{BoolExpr::Kind::disjunction, {std::move(left), std::move(right)}}};
}
Expr negation(Expr argument) {
  return {BoolExpr{BoolExpr::Kind::negation, {std::move(argument)}}};
}

TypeName type(std::string name, std::string schema = "pg_catalog") {
  TypeName result;
  result.name = {std::move(schema), std::move(name)};
  return result;
}
Expr cast(Expr argument, TypeName to) {
  return {Cast{std::move(argument), std::move(to)}};
}
Expr call(std::string name, std::vector<Expr> arguments) {
  FunctionCall result;
  result.name = {"", std::move(name)};
  result.arguments = std::move(arguments);
  return {std::move(result)};
}
Expr worded(std::string name, std::vector<Expr> arguments) {
  FunctionCall result;
  result.name = {"pg_catalog", std::move(name)};
  result.arguments = std::move(arguments);
  result.sql_syntax = true;
  return {std::move(result)};
}

std::string sql(const Expr& expr) {
  return to_sql(expr, Dialect::postgresql);
}

}  // namespace

TEST_CASE("arithmetic gets the parentheses it needs and no others") {
  CHECK(sql(op("+", column("a"), op("*", column("b"), column("c")))) == "a + b * c");
  CHECK(sql(op("*", op("+", column("a"), column("b")), column("c"))) == "(a + b) * c");
  CHECK(sql(op("-", op("-", column("a"), column("b")), column("c"))) == "a - b - c");
  CHECK(sql(op("-", column("a"), op("-", column("b"), column("c")))) == "a - (b - c)");
  CHECK(sql(op("^", op("^", column("a"), column("b")), column("c"))) == "a ^ b ^ c");
}

TEST_CASE("other operators mix only in parentheses") {
  CHECK(sql(op("||", op("||", column("a"), text(" ")), column("b"))) == "a || ' ' || b");
  CHECK(sql(op("->>", op("->", column("data"), text("a")), text("b"))) == "(data -> 'a') ->> 'b'");
  CHECK(sql(op("||", op("+", column("a"), column("b")), column("c"))) == "a + b || c");
  CHECK(sql(op("+", op("||", column("a"), column("b")), column("c"))) == "(a || b) + c");
  CHECK(sql(op("=", op("->>", column("data"), text("k")), text("v"))) == "data ->> 'k' = 'v'");
  CHECK(sql(op("||", op("~", column("a"), column("b")), column("c"))) == "(a ~ b) || c");
}

namespace {

/// Reads arithmetic as CockroachDB's sql.y does (its %left, %right and %nonassoc lines) and puts every
/// operation in parentheses.
class CockroachReader {
 public:
  explicit CockroachReader(std::string sql) : sql_(std::move(sql)) {}

  std::string read(int minimum = 0) {
    std::string left = operand();
    while (true) {
      const size_t before = at_;
      const std::string symbol = next();
      const int own = binary(symbol);
      if (own < minimum || own < 0) {
        at_ = before;
        return left;
      }
      left = "(" + left + " " + symbol + " " + read(own + 1) + ")";
    }
  }

 private:
  static int binary(const std::string& symbol) {
    static const std::vector<std::vector<std::string>> levels = {
        {"=", "<"}, {"~", "~*"},  {"@>", "<@"}, {"||", "->", "->>"},   {"|"}, {"#"},
        {"&"},      {"<<", ">>"}, {"+", "-"},   {"*", "/", "//", "%"}, {"^"}};
    for (size_t i = 0; i < levels.size(); ++i) {
      if (std::find(levels[i].begin(), levels[i].end(), symbol) != levels[i].end())
        return static_cast<int>(i);
    }
    return -1;
  }
  std::string operand() {
    const std::string symbol = next();
    if (symbol == "-" || symbol == "~") return "(" + symbol + " " + operand() + ")";
    if (symbol != "(") return symbol;
    std::string inner = read();
    CHECK(next() == ")");
    return inner;
  }
  std::string next() {
    while (at_ < sql_.size() && sql_[at_] == ' ') ++at_;
    const size_t begin = at_;
    if (at_ == sql_.size()) return {};
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const char first = sql_[at_++];
    if (first == '(' || first == ')') return {first};
    while (at_ < sql_.size() && sql_[at_] != ' ' && sql_[at_] != '(' && sql_[at_] != ')' &&
           is_letter(sql_[at_]) == is_letter(first))
      ++at_;
    return sql_.substr(begin, at_ - begin);
  }

  std::string sql_;
  size_t at_ = 0;
};

}  // namespace

TEST_CASE("CockroachDB reads operators as they were meant") {
  static const std::vector<std::string> binary = {"+",  "-",  "*",   "/", "//", "%", "^",
                                                  "||", "->", "->>", "|", "#",  "&", "<<",
                                                  ">>", "@>", "<@",  "=", "<",  "~", "~*"};
  std::mt19937 random(8);
  struct Made {
    Expr tree;
    std::string meant;
  };
  const std::function<Made(int)> make = [&](int depth) -> Made {
    if (depth == 0 || random() % 6 == 0) {
      const std::string name(1, static_cast<char>('a' + random() % 4));
      return {column(name), name};
    }
    if (random() % 6 == 0) {
      const std::string symbol = random() % 2 == 0 ? "-" : "~";
      Made inner = make(depth - 1);
      return {prefix(symbol, std::move(inner.tree)), "(" + symbol + " " + inner.meant + ")"};
    }
    const std::string& symbol = binary[random() % binary.size()];
    Made left = make(depth - 1), right = make(depth - 1);
    std::string meant = "(" + left.meant + " " + symbol + " " + right.meant + ")";
    return {op(symbol, std::move(left.tree), std::move(right.tree)), std::move(meant)};
  };
  for (int i = 0; i < 20000; ++i) {
    const Made one = make(1 + i % 5);
    const std::string printed = to_sql(one.tree, Dialect::cockroachdb);
    CAPTURE(printed);
    REQUIRE(CockroachReader(printed).read() == one.meant);
  }
}

TEST_CASE("comparisons do not chain") {
  CHECK(sql(op("=", op("<", column("a"), column("b")), column("c"))) == "(a < b) = c");
  CHECK(sql({NullTest{op("=", column("a"), column("b")), false}}) == "(a = b) IS NULL");
  CHECK(sql(op("=", {NullTest{column("a"), true}}, column("b"))) == "(a IS NOT NULL) = b");
}

TEST_CASE("signs hold less than casts") {
  CHECK(sql(cast(integer("-1"), type("int4"))) == "(-1)::integer");
  CHECK(sql(prefix("-", cast(column("a"), type("int8")))) == "-a::bigint");
  CHECK(sql(cast(prefix("-", column("a")), type("int8"))) == "(-a)::bigint");
  CHECK(sql(prefix("-", prefix("-", column("a")))) == "-(-a)");
  CHECK(sql(op("-", column("a"), integer("-1"))) == "a - -1");
  CHECK(sql(prefix("@", integer("-5"))) == "@ -5");
}

TEST_CASE("logic") {
  CHECK(sql(either(both(column("a"), column("b")), column("c"))) == "a AND b OR c");
  CHECK(sql(both(either(column("a"), column("b")), column("c"))) == "(a OR b) AND c");
  CHECK(sql(negation(both(column("a"), column("b")))) == "NOT (a AND b)");
  CHECK(sql(both(negation(column("a")), op("=", column("b"), integer("1")))) == "NOT a AND b = 1");
  CHECK(sql(both(column("a"), both(column("b"), column("c")))) == "a AND (b AND c)");
  CHECK(sql(cast(negation(column("a")), type("text", ""))) == "(NOT a)::text");
}

TEST_CASE("casts as pg_dump's defaults hold them") {
  CHECK(sql(call("nextval", {cast(text("public.towns_id_seq"), type("regclass", ""))})) ==
        "nextval('public.towns_id_seq'::regclass)");
  CHECK(sql(cast(cast(column("status"), type("text", "")), type("varchar"))) ==
        "status::text::character varying");
  CHECK(sql(cast(op("||", column("a"), column("b")), type("text", ""))) == "(a || b)::text");
  CHECK(sql(operation(Operation::Kind::any, "=", cast(column("g"), type("text", "")),
                      {ArrayExpr{{cast(text("x"), type("varchar"))}}})) ==
        "g::text = ANY (ARRAY['x'::character varying])");
}

TEST_CASE("lists, ranges, patterns") {
  CHECK(sql(operation(Operation::Kind::in, "=", column("a"), list({integer("1"), integer("2")}))) ==
        "a IN (1, 2)");
  CHECK(sql(operation(Operation::Kind::in, "<>", column("a"), list({integer("1")}))) == "a NOT IN (1)");
  CHECK(sql(operation(Operation::Kind::between, "BETWEEN", column("a"),
                      list({op("+", integer("1"), integer("2")), integer("9")}))) ==
        "a BETWEEN (1 + 2) AND 9");
  CHECK(sql(operation(Operation::Kind::like, "!~~", column("a"), text("x%"))) == "a NOT LIKE 'x%'");
  FunctionCall escape;
  escape.name = {"pg_catalog", "like_escape"};
  escape.arguments = {text("x#%"), text("#")};
  CHECK(sql(operation(Operation::Kind::like, "~~", column("a"), {escape})) == "a LIKE 'x#%' ESCAPE '#'");
  FunctionCall similar;
  similar.name = {"pg_catalog", "similar_to_escape"};
  similar.arguments = {text("(a|b)%")};
  CHECK(sql(operation(Operation::Kind::similar, "~", column("a"), {similar})) == "a SIMILAR TO '(a|b)%'");
  CHECK(sql(operation(Operation::Kind::distinct, "=", column("a"), column("b"))) == "a IS DISTINCT FROM b");
  CHECK(sql(operation(Operation::Kind::nullif, "=", column("a"), text(""))) == "NULLIF(a, '')");
  CHECK(sql({Operation{Operation::Kind::op, {"pg_catalog", "="}, column("a"), column("b")}}) ==
        "a OPERATOR(pg_catalog.=) b");
}

TEST_CASE("calls with words of their own") {
  CHECK(sql(worded("extract", {text("epoch"), column("t")})) == "EXTRACT(epoch FROM t)");
  CHECK(sql(worded("extract", {text("odd field"), column("t")})) == "EXTRACT('odd field' FROM t)");
  CHECK(sql(worded("position", {column("b"), text("a")})) == "POSITION('a' IN b)");
  CHECK(sql(worded("substring", {column("b"), integer("1"), integer("3")})) == "SUBSTRING(b FROM 1 FOR 3)");
  CHECK(sql(worded("overlay", {column("b"), text("x"), integer("2")})) == "OVERLAY(b PLACING 'x' FROM 2)");
  CHECK(sql(worded("btrim", {column("b"), text(" ")})) == "TRIM(BOTH ' ' FROM b)");
  CHECK(sql(worded("ltrim", {column("b")})) == "TRIM(LEADING FROM b)");
  CHECK(sql(worded("overlaps", {column("a"), column("b"), column("c"), column("d")})) ==
        "(a, b) OVERLAPS (c, d)");
  CHECK(sql(worded("is_normalized", {column("a"), text("NFC")})) == "a IS NFC NORMALIZED");
  CHECK(sql(worded("is_json", {column("a")})) == "a IS JSON");
  CHECK(sql(worded("is_json", {column("a"), text("OBJECT WITH UNIQUE KEYS")})) ==
        "a IS JSON OBJECT WITH UNIQUE KEYS");
  CHECK(sql(worded("is_document", {column("a")})) == "a IS DOCUMENT");
  CHECK(sql(worded("json_value", {text("a, '$.b' RETURNING int")})) == "json_value(a, '$.b' RETURNING int)");
  CHECK(sql(worded("normalize", {column("a"), text("NFD")})) == "NORMALIZE(a, NFD)");
  CHECK(sql(worded("pg_collation_for", {column("a")})) == "COLLATION FOR (a)");
  CHECK(sql(cast(worded("timezone", {text("UTC"), column("t")}), type("date", ""))) ==
        "(t AT TIME ZONE 'UTC')::date");
  CHECK(sql(call("substring", {column("b")})) == "\"substring\"(b)");
}

TEST_CASE("aggregates and windows") {
  FunctionCall aggregate;
  aggregate.name = {"", "string_agg"};
  aggregate.arguments = {column("x"), text(",")};
  aggregate.distinct = true;
  CallModifiers modifiers;
  SortItem item;
  item.expr = column("x");
  item.order = SortOrder::descending;
  item.nulls = NullsOrder::last;
  modifiers.order_by = {item};
  modifiers.filter = op(">", column("x"), integer("0"));
  aggregate.modifiers = modifiers;
  CHECK(sql({aggregate}) == "string_agg(DISTINCT x, ',' ORDER BY x DESC NULLS LAST) FILTER (WHERE x > 0)");

  FunctionCall numbered;
  numbered.name = {"", "row_number"};
  Window window;
  window.partition_by.push_back(column("a"));
  window.order_by.push_back(item);
  // ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  window.frame_options = 0x1 | 0x4 | 0x10 | 0x20 | 0x400;
  CallModifiers over;
  over.over = window;
  numbered.modifiers = over;
  CHECK(sql({numbered}) ==
        "row_number() OVER (PARTITION BY a ORDER BY x DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND "
        "CURRENT ROW)");
}

TEST_CASE("fields and subscripts") {
  Step field;
  field.field = "street";
  Step index;
  index.kind = Step::Kind::index;
  index.lower = integer("1");
  Step slice;
  slice.kind = Step::Kind::slice;
  slice.upper = integer("2");
  CHECK(sql({Indirection{column("address"), {field}}}) == "(address).street");
  CHECK(sql({Indirection{column("tags"), {index}}}) == "tags[1]");
  CHECK(sql({Indirection{call("f", {}), {index, field}}}) == "(f())[1].street");
  CHECK(sql({Indirection{column("tags"), {slice}}}) == "tags[:2]");
  CHECK(sql({ArrayExpr{{{ArrayExpr{{integer("1")}}}, {ArrayExpr{{integer("2")}}}}}}) == "ARRAY[[1], [2]]");
  CHECK(sql({RowExpr{{integer("1")}, false}}) == "ROW(1)");
  CHECK(sql({RowExpr{{integer("1"), integer("2")}, false}}) == "(1, 2)");
}

TEST_CASE("names and strings are quoted where they must be") {
  CHECK(sql({ColumnRef{{"public", "Towns", "order"}, true}}) == "public.\"Towns\".\"order\".*");
  CHECK(sql(column("family")) == "\"family\"");
  CHECK(sql(column("index")) == "\"index\"");
  CHECK(sql(column("virtual")) == "virtual");
  CHECK(sql(text("it's")) == "'it''s'");
  CHECK(sql(text("\\x00\n")) == "e'\\\\x00\\n'");
}

TEST_CASE("deep trees") {
  Expr sum = column("a");
  for (int i = 0; i < 1000; ++i) sum = op("+", column("a"), std::move(sum));
  CHECK(sql(sum).size() == 1001 + 1000 * 3 + 999 * 2);
}

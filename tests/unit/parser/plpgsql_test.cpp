#include "parser/plpgsql.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "ast/reflect.h"
#include "ast/walk.h"
#include "parser/parser.h"

using namespace pg2crdb;
using namespace pg2crdb::ast::plpgsql;

namespace {

Body read(const std::string& text) {
  ParsedBody parsed = parse_plpgsql(text);
  INFO(text << "\n" << parsed.error << " at " << parsed.error_offset);
  REQUIRE(parsed.body);
  return std::move(*parsed.body);
}

/// The only statement of a block.
template <class Node>
Node only(const std::string& text, const std::string& declarations = "") {
  const Body body = read(declarations + "BEGIN " + text + " END");
  REQUIRE(body.block.statements.list.size() == 1);
  const Node* node = std::get_if<Node>(&body.block.statements.list[0].node);
  INFO(text);
  REQUIRE(node != nullptr);
  return *node;
}

bool is_expr(const Value& value) {
  return std::holds_alternative<ast::Expr>(value.node);
}

struct Refused {
  std::string body;
  std::string message;
  std::string at;  ///< what stands where the error is
};

}  // namespace

TEST_CASE("a condition ends at the first THEN, whoever's it is") {
  CHECK(only<If>("IF (CASE WHEN a THEN b END) THEN NULL; END IF;").branches.size() == 1);
  CHECK(parse_plpgsql("BEGIN IF CASE WHEN a THEN b END THEN NULL; END IF; END").error ==
        "syntax error at end of input");
}

TEST_CASE("words of PL/pgSQL are names of variables") {
  // SQL reserves the last ones: PostgreSQL refuses to assign to them.
  const std::string words =
      "absolute alias assert backward call chain close commit constant continue current cursor debug "
      "diagnostics "
      "dump elseif elsif errcode error exception exit first forward function get hint import info insert "
      "last log "
      "message move next no notice open option perform prior procedure query raise relative replace return "
      "reverse "
      "rollback row_count rowtype schema scroll slice sqlstate stacked type use_column values warning "
      "and array collate create default do fetch is select table";
  for (size_t begin = 0; begin < words.size();) {
    const size_t end = std::min(words.find(' ', begin), words.size());
    const std::string word = words.substr(begin, end - begin);
    const bool assigned = begin < words.find(" and ");
    begin = end + 1;
    if (!assigned) {
      CHECK_FALSE(parse_plpgsql("BEGIN " + word + " := 1; END").body);
      CHECK(parse_plpgsql("DECLARE " + word + " int; BEGIN SELECT 1 INTO x, " + word + "; END").body);
      continue;
    }
    const Body body = read("DECLARE " + word + " int; BEGIN " + word + " := 1; " + word +
                           "[1].f = 2; SELECT 1 INTO " + word + ", x; END");
    INFO(word);
    CHECK(body.block.declarations[0].name == word);
    REQUIRE(body.block.statements.list.size() == 3);
    const auto* plain = std::get_if<Assignment>(&body.block.statements.list[0].node);
    const auto* field = std::get_if<Assignment>(&body.block.statements.list[1].node);
    const auto* run = std::get_if<RunSql>(&body.block.statements.list[2].node);
    REQUIRE((plain && field && run));
    CHECK(plain->target.names == std::vector<std::string>{word});
    CHECK(field->target.steps.size() == 2);
    CHECK(run->into.targets[0].names == std::vector<std::string>{word});
  }
  for (const std::string word : {"all",  "begin",   "by",     "case", "declare", "else",  "end",  "execute",
                                 "for",  "foreach", "from",   "if",   "in",      "into",  "loop", "not",
                                 "null", "or",      "strict", "then", "to",      "using", "when", "while"}) {
    INFO(word);
    CHECK_FALSE(parse_plpgsql("DECLARE " + word + " int; BEGIN END").body);
    CHECK(
        parse_plpgsql("DECLARE \"" + word + "\" int; BEGIN \"" + word + "\" := 1; NEW." + word + " := 1; END")
            .body);
  }
}

TEST_CASE("declarations") {
  const Body body = read(
      "DECLARE a CONSTANT int NOT NULL := 1; b s.t.c%TYPE; c t%ROWTYPE[]; d text COLLATE \"C\" DEFAULT 'x';\n"
      "DECLARE e ALIAS FOR $1; f NO SCROLL CURSOR (x int, y numeric(10, 2)) IS SELECT x; g varchar(3)[] = "
      "'{}';"
      "BEGIN END");
  const auto& declarations = body.block.declarations;
  REQUIRE(declarations.size() == 7);
  const auto& a = std::get<VariableDeclaration>(declarations[0].node);
  CHECK((a.constant && a.not_null && a.default_value && a.type.type.name.name == "int4"));
  const auto& b = std::get<VariableDeclaration>(declarations[1].node);
  CHECK((b.type.kind == VariableType::Kind::of_variable && b.type.names.size() == 3));
  const auto& c = std::get<VariableDeclaration>(declarations[2].node);
  CHECK((c.type.kind == VariableType::Kind::of_row && c.type.array_bounds.size() == 1));
  CHECK(std::get<VariableDeclaration>(declarations[3].node).collation.name == "C");
  CHECK(std::get<AliasDeclaration>(declarations[4].node).of.names == std::vector<std::string>{"$1"});
  const auto& f = std::get<CursorDeclaration>(declarations[5].node);
  CHECK((f.scroll == Scroll::no_scroll && f.parameters.size() == 2));
  CHECK(f.parameters[1].type.type.modifiers == std::vector<std::string>{"10", "2"});
  CHECK(std::get<VariableDeclaration>(declarations[6].node).type.type.array_bounds.size() == 1);
}

TEST_CASE("loops over what they are written over") {
  const auto range = only<ForRange>("FOR i IN REVERSE 10..a+1 BY 2 LOOP END LOOP;");
  CHECK((range.reverse && range.by && range.variable == "i" && is_expr(range.to)));
  CHECK(std::holds_alternative<StaticSql>(only<ForRows>("FOR r IN SELECT 1 LOOP END LOOP;").rows));
  CHECK(only<ForRows>("FOR a, b.c IN SELECT (1), 2 LOOP END LOOP;").targets.size() == 2);
  CHECK(std::holds_alternative<StaticSql>(only<ForRows>("FOR r IN select(1) LOOP END LOOP;").rows));
  CHECK(std::holds_alternative<StaticSql>(only<ForRows>("FOR r IN values(1) LOOP END LOOP;").rows));
  CHECK(std::holds_alternative<StaticSql>(only<ForRows>("FOR r IN (SELECT 1) LOOP END LOOP;").rows));
  const auto dynamic = only<ForRows>("FOR r IN EXECUTE 'q' || x USING a, b LOOP END LOOP;");
  CHECK(std::get<DynamicSql>(dynamic.rows).parameters.size() == 2);
  const auto cursor = only<ForCursor>("FOR r IN c (1, n := f(2, 3)) LOOP END LOOP;");
  CHECK((cursor.arguments.size() == 2 && cursor.arguments[1].name == "n"));
  CHECK(only<ForCursor>("FOR r IN c LOOP END LOOP;").arguments.empty());
  CHECK(only<Foreach>("FOREACH x SLICE 1 IN ARRAY a LOOP END LOOP;").slice == 1);
  CHECK(only<Loop>("<<l>> LOOP EXIT l WHEN a; CONTINUE; END LOOP l;").label == "l");
}

TEST_CASE("INTO is taken out of the statement where it stands") {
  const auto run = only<RunSql>("SELECT a, b INTO STRICT x, r.f FROM t WHERE c;");
  CHECK((run.into.strict && run.into.targets.size() == 2));
  CHECK(std::get<ast::SelectStatement>(run.sql.statement).query->where);
  const auto insert = only<RunSql>("INSERT INTO t VALUES (1) RETURNING id INTO x;");
  CHECK(std::get<ast::Opaque>(insert.sql.statement).text == "INSERT INTO t VALUES (1) RETURNING id");
  const auto middle =
      only<RunSql>("WITH q AS (INSERT INTO t VALUES (1) RETURNING id) SELECT id INTO x FROM q;");
  CHECK(std::get<ast::Opaque>(middle.sql.statement).text ==
        "WITH q AS (INSERT INTO t VALUES (1) RETURNING id) SELECT id FROM q");
  CHECK(middle.into.targets.size() == 1);
  CHECK(only<RunSql>("MERGE INTO t USING s ON a = b WHEN MATCHED THEN DELETE;").into.targets.empty());
}

TEST_CASE("what is no expression is a query without its SELECT") {
  CHECK(is_expr(only<Assignment>("x := a + 1;").value));
  CHECK(std::holds_alternative<ast::Query>(only<Assignment>("x := a FROM t WHERE b;").value.node));
  CHECK(std::holds_alternative<ast::Query>(only<Return>("RETURN count(*) FROM t;").value->node));
  CHECK(std::holds_alternative<ast::Query>(only<Perform>("PERFORM 1 UNION SELECT 2;").query.node));
  CHECK(is_expr(only<Perform>("PERFORM f(1);").query));
}

TEST_CASE("RAISE in all its forms") {
  CHECK(only<Raise>("RAISE;").level == Raise::Level::unspecified);
  const auto message =
      only<Raise>("RAISE NOTICE 'a % 100%% %', b, f(c, d) USING HINT = 'x', errcode := '22012';");
  CHECK((message.level == Raise::Level::notice && message.arguments.size() == 2 &&
         message.options.size() == 2));
  CHECK(message.format == "a % 100%% %");
  CHECK(only<Raise>("RAISE division_by_zero;").condition.name == "division_by_zero");
  CHECK(only<Raise>("RAISE WARNING SQLSTATE '22012' USING MESSAGE = 'x';").condition.sqlstate == "22012");
  CHECK(only<Raise>("RAISE EXCEPTION USING MESSAGE = 'x';").options.size() == 1);
}

TEST_CASE("cursors, diagnostics, dynamic SQL, transactions") {
  CHECK(only<Open>("OPEN c (1, b := 2);").arguments.size() == 2);
  CHECK(only<Open>("OPEN c NO SCROLL FOR SELECT 1;").scroll == Scroll::no_scroll);
  CHECK(std::holds_alternative<DynamicSql>(*only<Open>("OPEN c FOR EXECUTE q USING 1;").rows));
  CHECK(only<Fetch>("FETCH c INTO x, y;").direction == Fetch::Direction::unspecified);
  CHECK(only<Fetch>("FETCH RELATIVE -2 FROM c INTO x;").count);
  CHECK(only<Fetch>("MOVE FORWARD ALL IN c;").direction == Fetch::Direction::forward_all);
  CHECK(only<Fetch>("MOVE 2 FROM c;").count);
  CHECK(only<GetDiagnostics>("GET STACKED DIAGNOSTICS a = MESSAGE_TEXT, b := PG_EXCEPTION_HINT;")
            .items.size() == 2);
  const auto execute = only<Execute>("EXECUTE 'a' USING 1, 2 INTO STRICT x;");
  CHECK((execute.into.strict && execute.sql.parameters.size() == 2));
  CHECK(only<EndTransaction>("ROLLBACK AND NO CHAIN;").chain == EndTransaction::Chain::no_chain);
  CHECK(std::get<ast::Opaque>(only<RunSql>("CALL p(1);").sql.statement).kind == "CALL");
  CHECK(only<Case>("CASE a WHEN 1, 2 THEN NULL; ELSE END CASE;").has_else);
  CHECK(only<Assert>("ASSERT a, 'b' || c;").message);
  CHECK(only<RunSql>("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);").into.targets.empty());
  CHECK(only<RunSql>(
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END;")
            .into.targets.empty());
}

TEST_CASE("handlers") {
  const Body body = read(
      "#variable_conflict use_column\n<<l>>\nBEGIN EXCEPTION WHEN a OR SQLSTATE '22012' THEN RAISE; WHEN "
      "OTHERS THEN "
      "END l;");
  CHECK(body.options[0].value == "use_column");
  REQUIRE(body.block.handlers.size() == 2);
  CHECK(body.block.handlers[0].conditions[1].sqlstate == "22012");
}

TEST_CASE("what PostgreSQL refuses is refused, where it is") {
  for (const Refused& one : std::vector<Refused>{
           {"BEGIN x := ; END", "syntax error at or near \";\"", ";"},
           {"BEGIN x := 1 END", "syntax error at end of input", ""},
           {"BEGIN x := 1 + ; END", "syntax error at end of input", ""},
           {"BEGIN IF a THEN NULL; END; END", "syntax error at or near \";\"", "; END"},
           {"BEGIN SELECT a FROM t WHERE; END", "syntax error at end of input", ""},
           {"BEGIN SELECT FROM FROM; END", "syntax error at or near \"FROM\"", "FROM; END"},
           {"BEGIN TABLE t; END", "syntax error at or near \"t\"", "t;"},
           {"DECLARE a int; a text; BEGIN END", "duplicate declaration at or near \"a\"", "a text"},
           {"DECLARE x alias; BEGIN END", "syntax error at or near \";\"", ";"},
           {"BEGIN SELECT 1 INTO x INTO y; END", "INTO specified more than once at or near \"INTO\"",
            "INTO y"},
           {"BEGIN RAISE 'a %'; END", "too few parameters specified for RAISE", "RAISE"},
           {"BEGIN RAISE 'a', 1; END", "too many parameters specified for RAISE", "RAISE"},
           {"BEGIN RAISE NOTICE; END", "syntax error at or near \";\"", ";"},
           {"BEGIN RAISE SQLSTATE 'x'; END", "invalid SQLSTATE code at or near \"'x'\"", "'x'"},
           {"BEGIN RAISE 'a' USING b = 1; END", "unrecognized RAISE statement option at or near \"b\"",
            "b ="},
           {"BEGIN EXIT; END", "EXIT cannot be used outside a loop, unless it has a label", "EXIT"},
           {"<<a>> BEGIN LOOP CONTINUE a; END LOOP; END", "block label \"a\" cannot be used in CONTINUE",
            "a; END"},
           {"BEGIN <<a>> LOOP END LOOP b; END", "end label \"b\" differs from block's label \"a\"", "b; END"},
           {"BEGIN END a", "end label \"a\" specified for unlabeled block", "a"},
           {"BEGIN GET DIAGNOSTICS x = message_text; END",
            "diagnostics item message_text is not allowed in GET CURRENT DIAGNOSTICS", "GET"},
           {"BEGIN a := 'x; END", "unterminated quoted string at or near \"'x; END\"", "'x"},
           {"#option off\nBEGIN END", "syntax error at or near \"option\"", "option"},
           {"", "syntax error at end of input", ""},
       }) {
    const ParsedBody parsed = parse_plpgsql(one.body);
    INFO(one.body << ": " << parsed.error << " at " << parsed.error_offset);
    CHECK_FALSE(parsed.body);
    CHECK(parsed.error == one.message);
    if (!one.at.empty()) CHECK(one.body.substr(static_cast<size_t>(parsed.error_offset)).starts_with(one.at));
  }
}

TEST_CASE("bodies are accepted and refused as PostgreSQL 15 did") {
  std::ifstream verdicts(PG2CRDB_SOURCE_DIR "/tests/unit/parser/plpgsql_verdicts.tsv");
  size_t count = 0;
  for (std::string line; std::getline(verdicts, line); ++count) {
    const size_t first = line.find('\t');
    const size_t second = line.find('\t', first + 1);
    std::string body = line.substr(first + 1, second - first - 1);
    for (size_t at = 0; (at = body.find("\\n", at)) != std::string::npos;) body.replace(at, 2, "\n");
    const ParsedBody parsed = parse_plpgsql(body, "g");
    INFO(line << "\nhere: " << parsed.error);
    CHECK(parsed.body.has_value() == line.starts_with("accepted"));
  }
  CHECK(count > 500);
}

TEST_CASE("a routine's own name is a label") {
  CHECK(parse_plpgsql("BEGIN EXIT f; END", "f").body);
  CHECK_FALSE(parse_plpgsql("BEGIN EXIT g; END", "f").body);
}

TEST_CASE("no body is too deep for the stack") {
  std::string blocks, parentheses(100'000, '(');
  for (int i = 0; i < 20'000; ++i) blocks += "BEGIN ";
  CHECK(parse_plpgsql(blocks).error == "the body is nested too deeply");
  CHECK(parse_plpgsql("BEGIN x := " + parentheses).error == "the body is nested too deeply");
}

TEST_CASE("offsets count from the statement, however its body is quoted") {
  const std::string body = "\nDECLARE x text := 'it''s'; BEGIN\n  x := 'a' || lower(y); RAISE 'b'; END";
  std::string doubled, escaped;
  for (const char c : body) {
    doubled += c == '\'' ? std::string("''") : std::string(1, c);
    escaped += c == '\'' ? std::string("\\'") : c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  const std::string head = "CREATE FUNCTION f(y text DEFAULT 'as') RETURNS text LANGUAGE 'plpgsql' AS ";
  for (const std::string& quoted :
       {"$$" + body + "$$", "$tag$" + body + "$tag$", "'" + doubled + "'", "E'" + escaped + "'"}) {
    const std::string statement = head + quoted + " STRICT";
    INFO(statement);
    ParsedStatement parsed = parse_statement(statement);
    const auto& function = std::get<ast::CreateFunction>(parsed.node);
    REQUIRE(function.body[0] == body);
    ParsedBody read = parse_plpgsql(function.body[0], BodyPlaces(statement, function.body[0]), "f");
    REQUIRE(read.body);
    const Statement& first = read.body->block.statements.list[0];
    CHECK(statement.substr(static_cast<size_t>(first.offset)).starts_with("x := "));
    CHECK(statement[static_cast<size_t>(first.end) - 1] == ';');
    std::set<std::string> words;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
        words.insert(call->name.name);
        CHECK(statement.substr(static_cast<size_t>(expr.offset)).starts_with("lower(y)"));
      }
    };
    ast::walk(*read.body, visitor);
    CHECK(words == std::set<std::string>{"lower"});
  }
  const std::string block = "DO LANGUAGE 'plpgsql' $$BEGIN NULL; END$$";
  CHECK(BodyPlaces(block, "BEGIN NULL; END").at(6) == block.find("NULL"));
}

TEST_CASE("bodies are reflected as statements are") {
  const Body body = read("BEGIN x := f(1); END");
  const ast::TypeInfo& type = ast::type_info<Body>();
  CHECK(type.name == "plpgsql::Body");
  CHECK(ast::equal(type, &body, &body));
  CHECK_FALSE(ast::is_empty(type, &body));
}

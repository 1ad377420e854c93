// That no field of PostgreSQL's nodes is overlooked: another value of it is another tree, or none.
#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <set>

#include "ast/dump.h"
#include "parser/move_offsets.h"
#include "parser/pg_tree.h"
#include "parser/transform.h"

namespace {

using namespace pg2crdb;
using namespace pg2crdb::transform;

/// The statement as it is read, with all its places; nothing where it is not modelled.
std::string read(const std::string& sql, const Node* node) {
  try {
    Context context{sql};
    ast::Statement result;
    result.node = statement(context, node);
    std::string places;
    move_offsets(result.node, [&](size_t offset) {
      places += std::to_string(offset) + " ";
      return offset;
    });
    return ast::dump_tree(result) + places;
  } catch (const Unmodelled&) {
    return "";
  }
}

/// A field: its node's type, and its byte in that.
std::string place_of(const std::string& type, size_t byte) {
  return type + "+" + std::to_string(byte);
}

/// Gives each field of each node another value, and notes where the readers took notice of it.
class Changes {
 public:
  Changes(const std::string& sql, Node* whole) : sql_(sql), whole_(whole), unchanged_(read(sql, whole)) {}

  std::set<std::string> noticed;
  std::set<std::string> all;

  bool modelled() const { return !unchanged_.empty(); }

  void node(void* any) {
    if (any == nullptr) return;
    switch (tag_of(any)) {
      case T_List:
        list(*static_cast<List*>(any));
        break;
#define PG2CRDB_NODE(type)                   \
  case T_##type:                             \
    fields(#type, *static_cast<type*>(any)); \
    break;
#include "parser/pg_nodes.def"
      default:
        FAIL("an unknown node");
    }
  }

 private:
  void list(List& its) {
    for (int i = 0; i < its.length; ++i) node(its.elements[i].ptr_value);
    --its.length;
    check(place_of("List", offsetof(List, length)));
    ++its.length;
  }

  template <class T>
  void fields(const char* type, T& its) {
    each_field(its, [&](auto& field) {
      const auto place = reinterpret_cast<const char*>(&field) - reinterpret_cast<const char*>(&its);
      change(place_of(type, static_cast<size_t>(place)), field);
    });
  }

  template <class Value>
  void change(const std::string& place, Value& value) {
    using Pointee = std::remove_pointer_t<Value>;
    if constexpr (std::is_same_v<Value, NodeTag> || std::is_same_v<Value, ::Expr> || std::is_class_v<Value>) {
    } else if constexpr (std::is_union_v<Value>) {
      if (tag_of(&value) != T_Invalid) node(&value);
    } else if constexpr (std::is_pointer_v<Value> && std::is_class_v<Pointee>) {
      if (value != nullptr) {
        const int before = notices_;
        all.insert(place);
        node(value);
        if (notices_ > before) noticed.insert(place);
        return;
      }
      if constexpr (!std::is_same_v<Pointee, Bitmapset>) replace(place, value, another<Pointee>());
    } else if constexpr (std::is_pointer_v<Value>) {
      static char word[] = "another";
      replace(place, value, static_cast<Value>(word));
    } else if constexpr (std::is_same_v<Value, bool>) {
      replace(place, value, !value);
    } else if constexpr (std::is_enum_v<Value>) {
      replace(place, value, static_cast<Value>(value == 0 ? 1 : 0));
    } else {
      replace(place, value, static_cast<Value>(~value));
    }
  }

  /// A node for where none is.
  template <class T>
  T* another() {
    static ::String word{T_String, const_cast<char*>("another")};
    static ListCell cells[1] = {{.ptr_value = &word}};
    if constexpr (std::is_same_v<T, List>) {
      static List list;
      list.type = T_List;
      list.length = 1;
      list.elements = cells;
      return &list;
    } else if constexpr (std::is_same_v<T, Node> || tag_for<T> == T_Invalid) {
      return reinterpret_cast<T*>(&word);
    } else {
      static T filled{};
      reinterpret_cast<Node*>(&filled)->type = tag_for<T>;
      each_field(filled, [](auto& field) {
        if constexpr (std::is_same_v<decltype(field), char*&>) field = word.sval;
        if constexpr (std::is_same_v<decltype(field), bool&>) field = true;
      });
      return &filled;
    }
  }

  template <class Value>
  void replace(const std::string& place, Value& value, Value with) {
    const Value before = value;
    value = with;
    check(place);
    value = before;
  }

  void check(const std::string& place) {
    all.insert(place);
    if (read(sql_, whole_) == unchanged_) return;
    noticed.insert(place);
    ++notices_;
  }

  std::string sql_;
  Node* whole_;
  std::string unchanged_;
  int notices_ = 0;
};

#define FIELD(type, field) place_of(#type, offsetof(type, field))
/// What a node says once more, and places that nothing asks for.
const std::set<std::string> of_no_meaning = {
    FIELD(AlterRoleStmt, action),
    FIELD(CaseWhen, location),
    FIELD(ColumnDef, is_local),
    FIELD(CommonTableExpr, location),
    FIELD(Constraint, initially_valid),
    FIELD(CreateStmt, oncommit),  // PRESERVE ROWS is what no word says, too
    FIELD(IntoClause, onCommit),
    FIELD(NamedArgExpr, argnumber),
    FIELD(PartitionBoundSpec, location),
    FIELD(PartitionElem, location),
    FIELD(PartitionSpec, location),
    FIELD(ResTarget, location),
    FIELD(RoleSpec, location),
    FIELD(SortBy, location),
    FIELD(TransactionStmt, location),
    FIELD(TriggerTransition, isTable),
    FIELD(TypeName, typemod),
    FIELD(WindowDef, location),
    FIELD(WithClause, location),
#if PG_VERSION_NUM >= 180000
    FIELD(A_ArrayExpr, list_start),
    FIELD(A_ArrayExpr, list_end),
    FIELD(A_Expr, rexpr_list_start),
    FIELD(A_Expr, rexpr_list_end),
    FIELD(DefElem, arg_location),
    FIELD(FunctionParameter, location),
    FIELD(VariableSetStmt, location),
    FIELD(VariableSetStmt, jumble_args),
#endif
};

constexpr const char* statements[] = {
    R"(CREATE TABLE a.t (a int NOT NULL, b text COLLATE "de" DEFAULT 'x', c int GENERATED ALWAYS AS (a * 2) STORED, d text STORAGE main COMPRESSION pglz))",
    R"(CREATE UNLOGGED TABLE IF NOT EXISTS t (a bigint GENERATED BY DEFAULT AS IDENTITY (START 5 INCREMENT 2), LIKE u INCLUDING DEFAULTS))",
    R"(CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0) NO INHERIT, b int REFERENCES u (b) MATCH FULL DEFERRABLE INITIALLY DEFERRED, c int UNIQUE, d int NULL))",
    R"(CREATE TABLE t (a int, CONSTRAINT p PRIMARY KEY (a) INCLUDE (b) WITH (fillfactor = 70) USING INDEX TABLESPACE s, UNIQUE NULLS NOT DISTINCT (a)))",
    R"(CREATE TABLE t (a int, EXCLUDE USING gist (a WITH =) WHERE (a > 0), FOREIGN KEY (a) REFERENCES u (b) ON UPDATE CASCADE ON DELETE SET NULL (a)))",
    R"(CREATE TABLE t (a int) INHERITS (p) WITH (fillfactor = 70, toast.autovacuum_enabled = false) TABLESPACE s)",
    R"(CREATE TABLE t (a int) PARTITION BY RANGE (a, lower(b) COLLATE "C" text_ops))",
    R"(CREATE TABLE t PARTITION OF p FOR VALUES FROM (1) TO (MAXVALUE))",
    R"(CREATE TABLE t PARTITION OF p FOR VALUES WITH (MODULUS 4, REMAINDER 1))",
    R"(CREATE TABLE t PARTITION OF p FOR VALUES IN (1, 2))",
    R"(CREATE TABLE t PARTITION OF p DEFAULT)",
    R"(CREATE TABLE t OF s.ty)",
    R"(ALTER TABLE IF EXISTS ONLY t ADD COLUMN IF NOT EXISTS a int, DROP COLUMN IF EXISTS b CASCADE, ALTER c SET DEFAULT 1)",
    R"(ALTER TABLE t ALTER a TYPE text COLLATE "C" USING a::text, OWNER TO u, ADD CONSTRAINT c CHECK (a > 0) NOT VALID)",
    R"(ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY, ALTER b SET GENERATED BY DEFAULT SET START 4, ENABLE ROW LEVEL SECURITY)",
    R"(ALTER TABLE t ATTACH PARTITION p FOR VALUES FROM (1) TO (2))",
    R"(ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i)",
    R"(CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY s.t USING gist (a COLLATE "C" o.ops (siglen = 8) DESC NULLS FIRST, (b + 1)) INCLUDE (c) WITH (fillfactor = 70) TABLESPACE s WHERE a > 0)",
    R"(CREATE SCHEMA IF NOT EXISTS s AUTHORIZATION u)",
    R"(CREATE DATABASE d WITH ENCODING 'UTF8')",
    R"(CREATE EXTENSION IF NOT EXISTS e WITH SCHEMA s VERSION '1' CASCADE)",
    R"(CREATE TEMP SEQUENCE IF NOT EXISTS s.q AS int START 1 MINVALUE 1 MAXVALUE 9 CACHE 2 CYCLE OWNED BY t.a)",
    R"(ALTER SEQUENCE IF EXISTS q RESTART WITH 5 NO MINVALUE)",
    R"(CREATE TYPE s.ty AS ENUM ('a', 'b'))",
    R"(ALTER TYPE ty ADD VALUE IF NOT EXISTS 'c' AFTER 'b')",
    R"(ALTER TYPE ty RENAME VALUE 'a' TO 'd')",
    R"(CREATE TYPE ty AS (a int, b text COLLATE "C"))",
    R"(CREATE DOMAIN s.d AS text COLLATE "C" DEFAULT 'x' CONSTRAINT c CHECK (VALUE <> ''))",
    R"(CREATE OR REPLACE TEMP VIEW v (a) WITH (security_barrier = true) AS SELECT 1 WITH LOCAL CHECK OPTION)",
    R"(CREATE MATERIALIZED VIEW IF NOT EXISTS v (a) USING heap WITH (fillfactor = 70) TABLESPACE s AS SELECT 1 WITH NO DATA)",
    R"(REFRESH MATERIALIZED VIEW CONCURRENTLY s.v WITH NO DATA)",
    R"(CREATE OR REPLACE FUNCTION s.f(INOUT a int DEFAULT 1, VARIADIC b text[]) RETURNS SETOF int LANGUAGE sql STABLE STRICT SECURITY DEFINER LEAKPROOF COST 5 ROWS 6 PARALLEL safe SET a TO b, c AS 'SELECT 1')",
    R"(CREATE FUNCTION f() RETURNS TABLE (a int) LANGUAGE internal WINDOW SUPPORT s.g TRANSFORM FOR TYPE t AS 'a')",
    R"(CREATE PROCEDURE p() LANGUAGE sql SET x FROM CURRENT AS '')",
    R"(CREATE OR REPLACE TRIGGER g AFTER INSERT OR UPDATE OF a ON s.t REFERENCING NEW TABLE AS n OLD TABLE AS o FOR EACH ROW WHEN (a > 0) EXECUTE FUNCTION s.f('x'))",
    R"(CREATE CONSTRAINT TRIGGER g AFTER DELETE ON t FROM u DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f())",
    R"(SET LOCAL a.b = 1, 'x')",
    R"(CREATE POLICY p ON s.t AS RESTRICTIVE FOR SELECT TO CURRENT_USER, r USING (a > 0) WITH CHECK (b > 0))",
    R"(CREATE ROLE r WITH LOGIN CONNECTION LIMIT 3 PASSWORD 'x')",
    R"(ALTER ROLE r NOSUPERUSER VALID UNTIL 'x')",
    R"(GRANT SELECT (a, b), INSERT ON s.t TO u WITH GRANT OPTION GRANTED BY v)",
    R"(GRANT ALL ON ALL TABLES IN SCHEMA s TO PUBLIC)",
    R"(REVOKE EXECUTE ON FUNCTION f(int, text) FROM u CASCADE)",
    R"(GRANT a, b TO c WITH ADMIN OPTION GRANTED BY d)",
    R"(ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA s GRANT SELECT ON TABLES TO u)",
    R"(ALTER TABLE IF EXISTS s.t RENAME COLUMN a TO b)",
    R"(ALTER TYPE ty RENAME ATTRIBUTE a TO b CASCADE)",
    R"(ALTER DOMAIN d RENAME CONSTRAINT a TO b)",
    R"(ALTER FUNCTION f(int) RENAME TO g)",
    R"(ALTER TABLE IF EXISTS t SET SCHEMA s)",
    R"(ALTER AGGREGATE a(int) SET SCHEMA s)",
    R"(ALTER FUNCTION f OWNER TO u)",
    R"(COMMENT ON COLUMN s.t.a IS 'x')",
    R"(COMMENT ON CONSTRAINT c ON DOMAIN s.d IS 'x')",
    R"(COMMENT ON LARGE OBJECT 12345 IS NULL)",
    R"(DROP TABLE IF EXISTS a, s.b CASCADE)",
    R"(DROP INDEX CONCURRENTLY i)",
    R"(DROP OPERATOR s.@(NONE, int))",
    R"(DROP ROLE IF EXISTS a, b)",
    R"(DROP DATABASE IF EXISTS d)",
    R"(DROP TABLESPACE IF EXISTS s)",
    R"(DROP SUBSCRIPTION IF EXISTS s CASCADE)",
    R"(TRUNCATE a, s.b RESTART IDENTITY CASCADE)",
    R"(DO LANGUAGE plpgsql 'x')",
    R"(START TRANSACTION)",
    R"(COPY s.t (a, b) FROM stdin)",
    R"(SELECT DISTINCT ON (a) a AS x, t.b, t.*, $1, 1.5, true, NULL, B'1', -1, f(DISTINCT a ORDER BY b USING >) FILTER (WHERE c), s.g(VARIADIC x), count(*) FROM ONLY s.t AS u (c, d) WHERE a = 1 AND NOT b OR c GROUP BY DISTINCT a, ROLLUP (b) HAVING a > 1 WINDOW w AS (x PARTITION BY a ORDER BY b DESC NULLS LAST ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) ORDER BY a LIMIT 1 OFFSET 2 FOR UPDATE OF t SKIP LOCKED)",
    R"(SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a), f(a) OVER w, g(x => 1), a BETWEEN 1 AND 2, a LIKE b, a IN (1, 2), a = ANY (b), a IS NULL, a IS NOT TRUE, CASE a WHEN 1 THEN 2 ELSE 3 END, COALESCE(a, b), LEAST(a, b))",
    R"(SELECT CURRENT_TIMESTAMP(3), EXISTS (SELECT 1), a OPERATOR(s.=) ALL (SELECT 1), ARRAY[1, 2], ROW(1, 2), (a).b, a[1], a[1:2], a COLLATE s."C", a::varchar(10)[3], a AT TIME ZONE 'x', interval '1' day)",
    R"(WITH RECURSIVE c (a) AS MATERIALIZED (VALUES (1, DEFAULT)) SELECT * FROM c NATURAL LEFT JOIN (SELECT 1) AS s JOIN LATERAL f(1) WITH ORDINALITY AS g (x) ON true)",
    R"(SELECT * FROM a JOIN b USING (x) AS j, LATERAL (SELECT 1) AS s, ROWS FROM (f(1) AS (a int COLLATE "C"), g()) AS r, (a CROSS JOIN b) AS z)",
    R"(SELECT 1 UNION ALL SELECT 2 ORDER BY 1 FETCH FIRST 1 ROW WITH TIES)",
    R"(SELECT * FROM f() AS (a int, b text))",
#if PG_VERSION_NUM >= 180000
    R"(CREATE TABLE t (a int CONSTRAINT n NOT NULL NO INHERIT, b int GENERATED ALWAYS AS (a) VIRTUAL, CHECK (a > 0) NOT ENFORCED, UNIQUE (a, c WITHOUT OVERLAPS)))",
    R"(ALTER TABLE t ADD CONSTRAINT n NOT NULL a NO INHERIT NOT VALID)",
#endif
};

}  // namespace

TEST_CASE("each field of a node is read, or has to be unset") {
  std::set<std::string> noticed;
  std::set<std::string> overlooked;
  for (const std::string sql : statements) {
    CAPTURE(sql);
    const PgTree tree(sql);
    REQUIRE(tree.error() == "");
    Node* node = tree.statements()[0].stmt;
    Changes changes(sql, node);
    CHECK(changes.modelled());
    changes.node(node);
    noticed.merge(changes.noticed);
    overlooked.merge(changes.all);
  }
  for (const std::string& field : noticed) overlooked.erase(field);
  CHECK(overlooked == of_no_meaning);
}

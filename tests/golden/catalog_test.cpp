// The catalog is made once and kept right from pass to pass: behind each of them it says what one made anew
// would say. A pass that changes a statement past PassContext is found here.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <set>

#include "compiled.h"

namespace pg2crdb::test {
namespace {

std::string text_of(const ast::Constraint* constraint) {
  return constraint->name + " -> " + to_string(constraint->referenced);
}

/// What the script's statements are about, or were before a pass changed them.
struct Named {
  std::set<ast::Name> objects;
  std::set<std::string> words;  ///< of schemas, roles, extensions

  void note(const ast::Statement& statement) {
    std::visit(
        [&](const auto& node) {
          if constexpr (requires { node.table.schema; }) objects.insert(node.table);
          if constexpr (requires { objects.insert(node.name); }) objects.insert(node.name);
          if constexpr (requires { words.insert(node.name); }) words.insert(node.name);
          if constexpr (requires { ast::Name{node.table.schema, node.name}; })
            objects.insert({node.table.schema, node.name});
        },
        statement.node);
  }
};

/// All that the catalog says of them, compared with one that has just been made.
void check_kept(const ast::Catalog& kept, ast::Script& script, const Named& named) {
  const ast::Catalog fresh(script);
  for (const ast::Name& name : named.objects) {
    INFO(to_string(name));
    CHECK(kept.table(name) == fresh.table(name));
    CHECK(kept.sequence(name) == fresh.sequence(name));
    CHECK(kept.view(name) == fresh.view(name));
    CHECK(kept.enum_type(name) == fresh.enum_type(name));
    CHECK(kept.composite_type(name) == fresh.composite_type(name));
    CHECK(kept.domain(name) == fresh.domain(name));
    CHECK(kept.index(name) == fresh.index(name));
    CHECK(kept.functions(name) == fresh.functions(name));
    CHECK(kept.primary_key(name) == fresh.primary_key(name));
  }
  for (const std::string& word : named.words) {
    INFO(word);
    CHECK(kept.has_schema(word) == fresh.has_schema(word));
    CHECK(kept.has_role(word) == fresh.has_role(word));
    CHECK(kept.extension_schema(word) == fresh.extension_schema(word));
  }
  REQUIRE(kept.foreign_keys().size() == fresh.foreign_keys().size());
  for (size_t i = 0; i < kept.foreign_keys().size(); ++i) {
    CHECK(kept.foreign_keys()[i].constraint == fresh.foreign_keys()[i].constraint);
    CHECK(text_of(kept.foreign_keys()[i].constraint) == text_of(fresh.foreign_keys()[i].constraint));
  }
}

std::vector<std::string> inputs() {
  std::vector<std::string> files = {PG2CRDB_SOURCE_DIR "/tests/differential/everything.sql"};
  if (corpus_folder().empty()) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus_folder())) {
    const bool schema = entry.path().extension() == ".sql";
    if (schema && std::filesystem::file_size(entry.path()) < 200'000) files.push_back(entry.path().string());
  }
  return files;
}

}  // namespace

TEST_CASE("behind every pass the catalog is as if it were made anew") {
  size_t checks = 0;
  Named named;
  const Pass check = {.name = "check-the-catalog",
                      .category = "names",
                      .fidelity = Fidelity::exact,
                      .summary = {},
                      .rules = {},
                      .run = [&](PassContext& context) {
                        for (const ast::Statement& statement : context.script.statements)
                          named.note(statement);
                        check_kept(context.catalog, context.script, named);
                        ++checks;
                      }};
  PipelineOptions options;
  for (const Pass* pass : all_passes())
    options.placed.push_back({&check, {Placement::Side::after, std::string(pass->name)}});
  const std::vector<std::string> files = inputs();
  for (const std::string& path : files) {
    INFO(path);
    named = {};
    CHECK(compile(read_file(path), Target(), options).error.empty());
  }
  CHECK(checks == files.size() * all_passes().size());
}

}  // namespace pg2crdb::test

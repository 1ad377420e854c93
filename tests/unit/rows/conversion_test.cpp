#include "rows/conversion.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pg2crdb {
namespace {

std::optional<std::string> converted(LoadPlan::Conversion conversion, std::string_view text) {
  LoadPlan::Column column;
  column.conversion = conversion;
  column.namespace_ = "public.towns";
  Field field{text, false};
  std::string scratch;
  if (!convert(column, field, scratch)) return std::nullopt;
  return std::string(field.text);
}

TEST_CASE("keys become UUIDs of version 5") {
  // Python: uuid.uuid5(uuid.UUID("bba4c3ef-20fa-4187-96b3-bff076784c98"), "public.towns:1")
  CHECK(uuid_of_key("public.towns", "1") == "c78cc3fe-92e9-508f-b266-8fb3a6974d6f");
  CHECK(uuid_of_key("public.towns", "-9223372036854775808") == "d38267b2-3680-585e-ba1d-9e89d3ca9084");
  CHECK(uuid_of_key("s.t", "0") == "1593b4be-1f0b-5987-9921-8da7dc3bec4b");

  const auto uuid = LoadPlan::Conversion::uuid_of_key;
  CHECK(converted(uuid, "42") == "913c2124-3f5f-58c1-befa-9f6429bcf5d7");
  for (const char* other : {"", "-", "x", "4 2", "+42", "042", "-0", "4.2", "1e3"}) {
    INFO(other);
    CHECK_FALSE(converted(uuid, other));
  }
}

TEST_CASE("UUIDs can be made by several threads at a time") {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (size_t i = 0; i < wrong.size(); ++i) {
    threads.emplace_back([&wrong, i] {
      for (int n = 0; n < 1000; ++n) {
        if (uuid_of_key("public.towns", "42") != "913c2124-3f5f-58c1-befa-9f6429bcf5d7") ++wrong[i];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("what becomes a text is as PostgreSQL prints it") {
  const auto printed = [](std::string_view type, std::string_view text) -> std::optional<std::string> {
    LoadPlan::Column column;
    column.source_type = type;
    column.target_type = "TEXT";
    Field field{text, false};
    std::string scratch;
    if (!convert(column, field, scratch)) return std::nullopt;
    return std::string(field.text);
  };
  CHECK(printed("macaddr", "08002B010203") == "08:00:2b:01:02:03");
  CHECK(printed("pg_catalog.point", "1,2") == "(1,2)");
  CHECK(printed("public.hstore", "b=>1,a=>2") == R"("a"=>"2", "b"=>"1")");
  CHECK(printed("int4range[][]", "{{\"[1,2]\"},{empty}}") == "{{\"[1,3)\"},{empty}}");
  CHECK_FALSE(printed("macaddr", "08002b"));
  CHECK(printed("public.timerange", "[1, 2]") == "[1, 2]");  // of the script's own
}

TEST_CASE("money becomes a decimal") {
  const auto money = LoadPlan::Conversion::money_to_decimal;
  CHECK(converted(money, "$1,234.50") == "1234.50");
  CHECK(converted(money, "-$3.00") == "-3.00");
  CHECK(converted(money, "($3.00)") == "-3.00");
  CHECK(converted(money, "-$92,233,720,368,547,758.08") == "-92233720368547758.08");
  CHECK(converted(money, "12") == "12");
  CHECK(converted(money, R"({$1.00,"$1,234.50",NULL,-$3.00})") == "{1.00,1234.50,NULL,-3.00}");
  CHECK(converted(money, R"([0:1]={{$1.00},{"$2,000.00"}})") == "[0:1]={{1.00},{2000.00}}");
  CHECK(converted(money, "{}") == "{}");
  CHECK_FALSE(converted(money, "{$1.00,one}"));
  for (const char* other : {"", "$", "-$", "1.234,50 €", "$1.", "$.50", "$1.2.3", "abc", "($3.00", "$1,2.3,4",
                            "$12,50", "$1.234", "$1,234,5", "$1234,567", "{$1.00,\"$12,50\"}"}) {
    INFO(other);
    CHECK_FALSE(converted(money, other));
  }
}

TEST_CASE("char(n) loses its trailing blanks and nothing else") {
  const auto trim = LoadPlan::Conversion::trim_blanks;
  CHECK(converted(trim, "01 ") == "01");
  CHECK(converted(trim, "  a b  ") == "  a b");
  CHECK(converted(trim, "   ") == "");
  CHECK(converted(trim, "a\t ") == "a\t");
}

TEST_CASE("NULL stays NULL") {
  LoadPlan::Column column;
  column.conversion = LoadPlan::Conversion::uuid_of_key;
  Field field{{}, true};
  std::string scratch;
  CHECK(convert(column, field, scratch));
  CHECK(field.null);
}

}  // namespace
}  // namespace pg2crdb

// Runs while building: rule_tables OUTPUT.cpp passes/<name>/pass.rule...
// Writes what passes/rule_tables.h declares, and checks the rule files on the way. What is the same as before
// is not touched, so that nothing is compiled for it.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "rewrite/rule_set.h"
#include "rewrite/rule_table.h"

namespace pg2crdb::rewrite {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

/// Letters as they are and all else as an escape of three digits, which nothing behind it can lengthen.
std::string literal(std::string_view bytes) {
  constexpr size_t line_length = 100;
  std::string out;
  std::string line;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      line += c;
    } else {
      line += '\\';
      for (const int shift : {6, 3, 0}) line += static_cast<char>('0' + ((byte >> shift) & 7));
    }
    if (line.size() < line_length) continue;
    out += "\n     \"" + line + "\"";
    line.clear();
  }
  return out + "\n     \"" + line + "\"sv";
}

/// The pass's name: that of its folder, with the dashes that C++ has no use for.
std::string pass_name(const fs::path& rule_file) {
  std::string name = rule_file.parent_path().filename().string();
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

void write_tables(const fs::path& output, int count, char** rule_files) {
  std::string source =
      "// Made of passes/*/pass.rule.\n#include \"passes/rule_tables.h\"\n#include <utility>\n";
  source += R"(
namespace pg2crdb {

using namespace std::string_view_literals;

std::string_view rule_table(std::string_view pass) {
  static constexpr std::pair<std::string_view, std::string_view> tables[] = {
)";
  for (int i = 0; i < count; ++i) {
    const std::string table = to_table(*checked_rule_file(rule_files[i], read(rule_files[i])));
    source += "    {\"" + pass_name(rule_files[i]) + "\"sv," + literal(table) + "},\n";
  }
  source += R"(  };
  for (const auto& [name, table] : tables) {
    if (name == pass) return table;
  }
  return {};
}

}  // namespace pg2crdb
)";
  if (fs::exists(output) && read(output) == source) return;
  std::ofstream stream(output, std::ios::binary);
  stream << source;
  if (!stream.flush()) throw std::runtime_error("cannot write " + output.string());
}

}  // namespace
}  // namespace pg2crdb::rewrite

int main(int count, char** words) {
  try {
    if (count < 2) throw std::runtime_error("usage: rule_tables OUTPUT.cpp pass.rule...");
    pg2crdb::rewrite::write_tables(words[1], count - 2, words + 2);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
  return 0;
}

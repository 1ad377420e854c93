#include "driver/pg_dump.h"

#include <fmt/format.h>

#include <cctype>
#include <string_view>

#include "driver/options.h"
#include "runtime/connection.h"
#include "runtime/libpq.h"
#include "support/program_output.h"

namespace pg2crdb {
namespace {

struct ConnectionOptions {
  /// Empty where libpq cannot be loaded.
  explicit ConnectionOptions(const std::string& url) {
    if (!load_libpq()) first = libpq().PQconninfoParse(url.c_str(), &problem);
  }
  ~ConnectionOptions() {
    if (first != nullptr) libpq().PQconninfoFree(first);
    if (problem != nullptr) libpq().PQfreemem(problem);
  }
  ConnectionOptions(const ConnectionOptions&) = delete;
  ConnectionOptions& operator=(const ConnectionOptions&) = delete;

  std::string value(std::string_view keyword) const {
    for (const PQconninfoOption* option = first; option && option->keyword; ++option) {
      if (option->val && keyword == option->keyword) return option->val;
    }
    return {};
  }

  char* problem = nullptr;
  PQconninfoOption* first = nullptr;
};

bool is_secret(std::string_view keyword) {
  return keyword == "password" || keyword == "sslpassword";
}

// In libpq's keyword form.
void append_option(std::string& out, std::string_view keyword, std::string_view value) {
  out += fmt::format("{}{}='", out.empty() ? "" : " ", keyword);
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  out += '\'';
}

std::string without_secrets(const ConnectionOptions& options) {
  std::string out;
  for (const PQconninfoOption* option = options.first; option->keyword; ++option) {
    if (option->val && !is_secret(option->keyword)) append_option(out, option->keyword, option->val);
  }
  return out;
}

bool is_url(std::string_view url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

/// Whether libpq takes a piece of a password for something else, which pg_dump would print: the password has
/// a raw '@', ':' or '/' in it. No host has an '@' in its name; of a database, it is written %40.
bool splits_password(const ConnectionOptions& options, const std::string& url) {
  const std::string database = options.value("dbname");
  return options.value("host").find('@') != std::string::npos ||
         options.value("port").find_first_not_of("0123456789,") != std::string::npos ||
         (is_url(url) && database.find('@') != std::string::npos && url.find("%40") == std::string::npos);
}

}  // namespace

Result<std::unique_ptr<ByteSource>> dump_schema(const std::string& url) {
  if (std::optional<Error> problem = load_libpq()) return *problem;
  const ConnectionOptions options(url);
  if (!options.first) {
    return usage_error(fmt::format("{} is no connection string", redacted(url)),
                       "write postgresql://user@host:5432/database");
  }
  if (splits_password(options, url)) {
    return usage_error(fmt::format("{} has a host or a port that cannot be", redacted(url)),
                       "correct it; a '/', '@', ':' or '?' in a password is written %2F, %40, %3A, %3F");
  }
  if (!options.value("sslpassword").empty()) {
    return usage_error("`sslpassword` cannot be handed to pg_dump in secret",
                       "put the connection into a service file and give postgresql:///?service=NAME");
  }
  Program pg_dump{
      "pg_dump",
      {"--schema-only", "--encoding=UTF8", "--no-password", "--dbname=" + without_secrets(options)}};
  if (const std::string password = options.value("password"); !password.empty())
    pg_dump.environment.emplace_back("PGPASSWORD", password);
  return program_output(pg_dump);
}

std::string named_database(const std::string& url) {
  const ConnectionOptions options(url);
  return options.first ? options.value("dbname") : std::string();
}

std::string database_of(const std::string& url) {
  const std::string name = named_database(url);
  std::string safe;
  // A raw '/' in a password: what libpq takes for the database is a piece of it.
  if (name.find_first_of("@:") != std::string::npos) return "database";
  for (char c : name) safe += std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ? c : '_';
  return safe.empty() ? "database" : safe;
}

Result<std::string> with_database(const std::string& url, const std::string& name) {
  if (std::optional<Error> problem = load_libpq()) return *problem;
  const ConnectionOptions options(url);
  if (!options.first)
    return usage_error(fmt::format("{} is no connection string", redacted(url)),
                       "write postgresql://user@host:26257/database");
  std::string out;
  for (const PQconninfoOption* option = options.first; option->keyword; ++option) {
    if (option->val && std::string_view(option->keyword) != "dbname")
      append_option(out, option->keyword, option->val);
  }
  append_option(out, "dbname", name);
  return out;
}

}  // namespace pg2crdb

#include "driver/certificate_file.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "driver/command.h"
#include "driver/execution.h"
#include "driver/output_files.h"
#include "driver/progress.h"
#include "runtime/connection.h"
#include "runtime/database_mark.h"
#include "runtime/secrets.h"

namespace pg2crdb {
namespace {

namespace fs = std::filesystem;

/// A certificate is of a few hundred bytes a table.
constexpr uintmax_t largest_file = uintmax_t{1} << 30;

Result<std::string> read_certificate(const std::string& path) {
  std::error_code problem;
  std::ifstream stream(path, std::ios::binary);
  if (!stream || fs::is_directory(path, problem))
    return usage_error(fmt::format("the certificate {} cannot be read", path),
                       "`pg2crdb verify --certificate FILE` writes one");
  if (fs::file_size(path, problem) > largest_file && !problem)
    return usage_error(fmt::format("{} is too large for a certificate", path));
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

int failed_with(const std::string& path, Error error) {
  if (error.kind == Error::Kind::usage) error.message = fmt::format("{}: {}", path, error.message);
  return fail(error);
}

}  // namespace

Result<void> check_certificate_options(const Options& options) {
  struct Other {
    bool given;
    std::string_view name;
    std::string_view why;
  };
  if (!options.certificate.empty()) {
    const Other others[] = {
        {!options.sample.empty(), "sample",
         "it says of all rows what they are, and a sample leaves some out"},
        {options.row_limit > 0, "row-limit",
         "it says of all rows what they are, and a limit leaves some out"},
        {options.resume, "resume",
         "it is of all tables at one moment, and the run before compared some of them at another"},
    };
    for (const Other& other : others) {
      if (!other.given) continue;
      return usage_error(fmt::format("--certificate does not go with --{}: {}", other.name, other.why),
                         fmt::format("leave out --{}, and all rows are compared", other.name));
    }
  }
  if (options.check_certificate.empty()) return {};
  const Other others[] = {
      {!options.certificate.empty(), "certificate", "one is read, or written"},
      {!options.source.empty(), "source", "the target alone is read"},
      {!options.csv.empty(), "csv", "the target alone is read"},
      {!options.sample.empty(), "sample", "all rows were certified"},
      {options.row_limit > 0, "row-limit", "all rows were certified"},
      {!options.include.empty(), "include", "the tables are those that were certified"},
      {!options.exclude.empty(), "exclude", "the tables are those that were certified"},
      {options.resume, "resume", "all tables are read at one moment"},
  };
  for (const Other& other : others) {
    if (other.given)
      return usage_error(fmt::format("--check-certificate does not go with --{}: {}", other.name, other.why),
                         fmt::format("leave out --{}", other.name));
  }
  return {};
}

int check_certificate_file(const Options& options) {
  const std::string& path = options.check_certificate;
  const Result<std::string> text = read_certificate(path);
  if (!text) return fail(text.error());
  const Result<Certificate> certificate = parse_certificate(*text);
  if (!certificate) return failed_with(path, certificate.error());
  int status = exit_clean;
  auto plan = plan_for(options, "verify", status);
  if (!plan) return status;
  if (hash_of_statements(*plan) != certificate->plan) {
    return failed_with(
        path, usage_error("the certificate is of another plan: what is compiled here are not the "
                          "statements that the rows were compared under",
                          "name the folder, or the load-plan.json, that the certificate was made with"));
  }
  if (auto taken = take_types_from_target(*plan, options.target); !taken) return fail(taken.error());
  Progress progress(options, stdout);
  const Result<void> checked = check_certificate(*plan, *certificate, verify_options_of(options), progress);
  return checked ? exit_clean : failed_with(path, checked.error());
}

CertificateFile::CertificateFile(const Options& options, const LoadPlan& plan) : options_(options) {
  certificate_.tool = PG2CRDB_VERSION;
  certificate_.plan = hash_of_statements(plan);
  certificate_.inputs = plan.inputs;
  for (LoadPlan::Input& input : certificate_.inputs) {
    if (is_connection_string(input.path)) input.path = redacted(input.path);
  }
  for (const LoadPlan::Table& table : plan.tables) tables_.push_back(table.target());
  if (options.source.empty()) certificate_.rows_left_out = plan.left_out;
  if (!options.source.empty()) certificate_.source = redacted(options.source);
  certificate_.target = redacted(options.target);
}

std::vector<std::string> CertificateFile::inputs() const {
  std::vector<std::string> paths = options_.arguments;
  for (const LoadPlan::Input& input : certificate_.inputs) paths.push_back(input.path);
  for (const std::string& argument : options_.arguments)
    paths.push_back((fs::path(argument) / "load-plan.json").string());
  if (!options_.plan.empty()) paths.push_back(options_.plan);
  return paths;
}

Result<void> CertificateFile::check() const {
  if (options_.certificate.empty()) return {};
  std::error_code none;
  if (fs::is_regular_file(options_.certificate, none)) {
    const Result<std::string> there = read_certificate(options_.certificate);
    if (there && is_certificate(*there))
      return usage_error(
          fmt::format("{} is a certificate already, and is not written over", options_.certificate),
          "name another file; or remove this one, where nobody needs it");
  }
  return OutputFiles(inputs()).add(options_.certificate, {});
}

Result<void> CertificateFile::begin() {
  if (options_.certificate.empty()) return {};
  Result<Connection> target = Connection::open(options_.target);
  if (!target) return target.error();
  Result<std::string> mark = database_mark(*target);
  if (!mark) return mark.error();
  certificate_.database = std::move(*mark);
  certificate_.moment = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  return {};
}

Result<void> CertificateFile::write(const Verified& verified, bool equal) {
  if (options_.certificate.empty()) return {};
  for (const VerifiedTable& table : verified.tables)
    certificate_.tables.push_back({table.table, table.columns, table.left_out, table.source, table.target});
  std::set<ObjectName> compared;
  for (const VerifiedTable& table : verified.tables) compared.insert(table.table);
  std::ranges::copy_if(tables_, std::back_inserter(certificate_.tables_left_out),
                       [&](const ObjectName& table) { return !compared.contains(table); });
  certificate_.schema_differences = verified.schema_differences;
  certificate_.equal = equal;
  OutputFiles files(inputs());
  if (auto added = files.add(options_.certificate, to_json(certificate_)); !added) return added;
  return files.commit();
}

}  // namespace pg2crdb

#pragma once
#include <string>

#include "driver/options.h"
#include "plan/load_plan.h"
#include "runtime/certificate.h"
#include "support/result.h"

namespace pg2crdb {

/// An error (Kind::usage) where --certificate or --check-certificate stands beside what it does not go with.
Result<void> check_certificate_options(const Options& options);

/// `verify --check-certificate`: the exit status.
int check_certificate_file(const Options& options);

/// What --certificate writes; without that option each of these does nothing.
class CertificateFile {
 public:
  /// Of the plan as it was compiled, before tables are chosen. Keeps the options.
  CertificateFile(const Options& options, const LoadPlan& plan);

  /// Fails where the file cannot be written, or is a certificate, before hours are spent.
  Result<void> check() const;
  /// Notes which database the target is, and the time.
  Result<void> begin();
  /// Writes the file whole or not at all.
  Result<void> write(const Verified& verified, bool equal);

 private:
  std::vector<std::string> inputs() const;

  const Options& options_;
  Certificate certificate_;
  std::vector<ObjectName> tables_;  ///< all of the plan
};

}  // namespace pg2crdb

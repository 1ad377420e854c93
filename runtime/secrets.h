#pragma once
#include <string>
#include <string_view>

namespace pg2crdb {

/// A connection string or URL with every secret taken out: the only form that is ever printed or stored. A
/// word that only may be one (its scheme is missing or misspelt) is read as one; whatever could be a part of
/// a password counts as one. Any other word comes back as it is.
std::string redacted(std::string_view word);

/// The same of a word of a command line: `--option=VALUE` keeps its option.
std::string redacted_argument(std::string_view word);

/// A word of a command line, without passwords (libpq takes PGPASSWORD or the password file) and keys of
/// object storage (the environment has them). Any other secret is masked.
std::string without_password(std::string_view word);

/// Of what somebody else wrote (a server, libpq, a program): the passwords of its URLs and of its statements
/// are masked.
std::string without_secrets(std::string_view text);

/// A URL of a database, or libpq's `keyword=value ...` with a keyword of libpq's in front.
bool is_connection_string(std::string_view word);

}  // namespace pg2crdb

#pragma once
#include <memory>
#include <string>

#include "support/byte_source.h"
#include "support/result.h"

namespace pg2crdb {

/// The schema of a live database, named by a connection string of libpq's, as the real pg_dump prints it,
/// streamed. The password travels in the environment, never among the arguments. When pg_dump fails, the read
/// that meets the end says so, with pg_dump's own words.
Result<std::unique_ptr<ByteSource>> dump_schema(const std::string& url);

/// The database that a connection string or URL names; "database" where it names none.
std::string database_of(const std::string& url);

/// Word for word; empty where it names none, or is no connection string.
std::string named_database(const std::string& url);

/// The same server's other database. An error where libpq does not take the URL.
Result<std::string> with_database(const std::string& url, const std::string& name);

}  // namespace pg2crdb

#pragma once
#include <string>
#include <string_view>

#include "support/result.h"

namespace pg2crdb {

/// One line of words, blanks collapsed.
std::string one_line(std::string_view text);

/// Why libpq could not read a connection string. It quotes pieces of what it could not read: only names of
/// options are shown, and those only where they are no piece of a secret, as in `shown`.
std::string parse_reason(const char* message, const std::string& shown);

/// Whether a server's error is no answer to what was asked, but the server's own trouble: the connection, its
/// memory or its time is over, it is going away, or the transaction has to be tried again
/// (`cockroachdb-load.md`, errors).
bool is_passing(const Error& error);

/// Why there is no connection, with what to do, free of secrets.
Error connection_error(const std::string& url, std::string_view libpq_message);

/// What a server answered, with the server's URL in front, free of secrets.
Error at_server(const std::string& url, Error error);

/// That there is none any more, with libpq's words where they say more than that, free of secrets.
std::string lost_sentence(std::string_view libpq_message);

}  // namespace pg2crdb

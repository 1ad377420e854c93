#pragma once
#include <libpq-fe.h>

#include <optional>

#include "support/result.h"

namespace pg2crdb {

/// The functions of libpq that we call.
// One name a line: the formatter moves them on at each run.
// clang-format off
#define PG2CRDB_LIBPQ(F)    \
  F(PQcancel) \
  F(PQclear) \
  F(PQcmdStatus) \
  F(PQcmdTuples) \
  F(PQconnectdbParams) \
  F(PQconninfoFree) \
  F(PQconninfoParse) \
  F(PQconsumeInput) \
  F(PQerrorMessage) \
  F(PQfinish) \
  F(PQflush) \
  F(PQfname) \
  F(PQfreeCancel) \
  F(PQfreemem) \
  F(PQgetCancel) \
  F(PQgetCopyData) \
  F(PQgetResult) \
  F(PQgetisnull) \
  F(PQgetlength) \
  F(PQgetvalue) \
  F(PQisBusy) \
  F(PQnfields) \
  F(PQntuples) \
  F(PQputCopyData) \
  F(PQputCopyEnd) \
  F(PQresultErrorField) \
  F(PQresultStatus) \
  F(PQsendQuery) \
  F(PQsendQueryParams) \
  F(PQserverVersion) \
  F(PQsetNoticeReceiver) \
  F(PQsetnonblocking) \
  F(PQsocket) \
  F(PQstatus)
// clang-format on

struct Libpq {
#define PG2CRDB_FUNCTION(name) decltype(&::name) name = nullptr;
  PG2CRDB_LIBPQ(PG2CRDB_FUNCTION)
#undef PG2CRDB_FUNCTION
};

/// Loads libpq where that has not happened yet. It is not linked: with what it needs itself (TLS, Kerberos,
/// LDAP) it takes longer to load than a file to lint, and most commands never connect. The error says why it
/// cannot be loaded.
std::optional<Error> load_libpq();

/// To be called only where `load_libpq` had nothing to say.
const Libpq& libpq();

}  // namespace pg2crdb

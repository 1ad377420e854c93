#include "runtime/compared_moment.h"

#include <utility>

#include "runtime/connection_error.h"
#include "runtime/live_source.h"
#include "runtime/moment.h"

namespace pg2crdb {
namespace {

template <class Open>
Result<Connection*> opened(std::optional<Connection>& session, const Open& open) {
  if (session) return &*session;
  Result<Connection> made = open();
  if (!made) return made.error();
  return &session.emplace(std::move(*made));
}

}  // namespace

Result<ComparedMoment> ComparedMoment::take(const std::string& source, const std::string& target,
                                            Clocks clocks) {
  ComparedMoment moment(source, target);
  if (!source.empty()) {
    Result<Connection> exporter = pg2crdb::open_source(source, {});
    if (!exporter) return exporter.error();
    Result<std::string> snapshot = export_snapshot(*exporter, source);
    if (!snapshot) return snapshot.error();
    Result<std::string> transactions = source_transactions(*exporter, source);
    if (!transactions) return transactions.error();
    moment.snapshot_ = std::move(*snapshot);
    moment.transactions_ = std::move(*transactions);
    moment.exporter_.emplace(std::move(*exporter));
  }
  Result<Connection> keeper = Connection::open(target);
  if (!keeper) return keeper.error();
  Result<std::string> begin = clocks == Clocks::waited_for ? begin_now(*keeper) : begin_at_once(*keeper);
  if (!begin) return at_server(target, begin.error());
  moment.begin_ = std::move(*begin);
  moment.keeper_.emplace(std::move(*keeper));
  return moment;
}

ComparedMoment ComparedMoment::kept_by_others(const std::string& source, const SharedMoment* shared,
                                              const std::string& target, std::string begin) {
  ComparedMoment moment(source, target);
  if (shared != nullptr) {
    moment.snapshot_ = shared->snapshot;
    moment.transactions_ = shared->transactions;
  }
  moment.begin_ = std::move(begin);
  return moment;
}

Result<Connection> ComparedMoment::open_source() const {
  return pg2crdb::open_source(source_, snapshot_);
}

Result<Connection> ComparedMoment::open_target() const {
  return open_at(target_, begin_);
}

Result<Connection*> Sessions::source() {
  return opened(source_, [&] { return moment_->open_source(); });
}

Result<Connection*> Sessions::target() {
  return opened(target_, [&] { return moment_->open_target(); });
}

}  // namespace pg2crdb

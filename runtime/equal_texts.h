#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/compared_streams.h"
#include "support/result.h"

namespace pg2crdb {

/// Reads both sides once, at the same time, and compares the rows as they are sent, as multisets, up to
/// collisions of 128-bit hashes. Equal texts are equal values, of whatever type: the number of rows. Nothing
/// where the texts differ, which values need not. `progress` is told how many source rows were seen, now and
/// then.
Result<std::optional<uint64_t>> rows_of_equal_texts(CopyStream& source, CopyStream& target,
                                                    const std::function<void(uint64_t)>& progress);

/// Of a COPY of a SELECT, the one that sends the first rows by these columns.
std::string first_rows(const std::string& copy, const std::vector<std::string>& key);

}  // namespace pg2crdb

#include "order/wishes.h"

#include <algorithm>

#include "ast/sequence_call.h"

namespace pg2crdb::order {
namespace {

using ast::Phase;

struct PhaseOf {
  Phase operator()(const ast::CreateRole&) const { return Phase::roles; }
  Phase operator()(const ast::AlterRole&) const { return Phase::roles; }
  Phase operator()(const ast::GrantRole&) const { return Phase::roles; }
  Phase operator()(const ast::CreateDatabase&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateSchema&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateExtension&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateEnum&) const { return Phase::pre_data; }
  Phase operator()(const ast::AlterEnum&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateCompositeType&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateDomain&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateSequence&) const { return Phase::pre_data; }
  Phase operator()(const ast::AlterSequence&) const { return Phase::pre_data; }
  Phase operator()(const ast::CreateTable&) const { return Phase::pre_data; }
  Phase operator()(const ast::CopyFrom&) const { return Phase::pre_data; }
  Phase operator()(const ast::Drop&) const { return Phase::pre_data; }
  Phase operator()(const ast::Rename&) const { return Phase::pre_data; }
  Phase operator()(const ast::SetSchema&) const { return Phase::pre_data; }
  Phase operator()(const ast::Truncate&) const { return Phase::pre_data; }
  Phase operator()(const ast::AlterTable& alter) const {
    for (const ast::AlterCommand& command : alter.commands) {
      if (std::holds_alternative<ast::ValidateConstraint>(command)) return Phase::revalidate;
      const auto* add = std::get_if<ast::AddConstraint>(&command);
      const bool late = std::holds_alternative<ast::OwnerTo>(command) ||
                        std::holds_alternative<ast::RowSecurity>(command) ||
                        std::holds_alternative<ast::SetIdentity>(command) ||
                        std::holds_alternative<ast::DropIdentity>(command) ||
                        std::holds_alternative<ast::DropExpression>(command) ||
                        (add != nullptr && add->constraint.not_valid);
      if (late) return Phase::post_data;
    }
    return Phase::pre_data;
  }
  template <class Node>
  Phase operator()(const Node&) const {
    return Phase::post_data;
  }
};

struct RankOf {
  int operator()(const ast::CreateDatabase&) const { return 1; }
  int operator()(const ast::CreateSchema&) const { return 2; }
  int operator()(const ast::CreateExtension&) const { return 3; }
  int operator()(const ast::CreateEnum&) const { return 4; }
  int operator()(const ast::AlterEnum&) const { return 5; }
  int operator()(const ast::CreateCompositeType&) const { return 6; }
  int operator()(const ast::CreateDomain&) const { return 7; }
  int operator()(const ast::CreateSequence&) const { return 8; }
  int operator()(const ast::CreateFunction&) const { return 9; }
  int operator()(const ast::CreateView&) const { return 9; }
  int operator()(const ast::CreateTableAs&) const { return 9; }
  int operator()(const ast::CreateTable&) const { return 10; }
  /// Alone with it for the same reason as identity, below: an identity's sequence is renamed.
  int operator()(const ast::Rename&) const { return 11; }
  int operator()(const ast::CreateIndex&) const { return 12; }
  int operator()(const ast::AlterTable& alter) const {
    const bool owner = std::any_of(
        alter.commands.begin(), alter.commands.end(),
        [](const ast::AlterCommand& command) { return std::holds_alternative<ast::OwnerTo>(command); });
    if (owner) return 17;
    // Alone, because it may come from a CREATE TABLE or stand by itself: the order is the same either way.
    const bool identity = std::any_of(
        alter.commands.begin(), alter.commands.end(),
        [](const ast::AlterCommand& command) { return std::holds_alternative<ast::SetIdentity>(command); });
    return identity ? 11 : 13;
  }
  int operator()(const ast::CreateTrigger&) const { return 14; }
  int operator()(const ast::CreatePolicy&) const { return 14; }
  int operator()(const ast::Comment&) const { return 16; }
  int operator()(const ast::AlterOwner&) const { return 17; }
  /// An owner needs CREATE on the schema first.
  int operator()(const ast::Grant& grant) const {
    return grant.kind == ast::ObjectKind::schema && grant.grant ? 16 : 18;
  }
  int operator()(const ast::GrantRole&) const { return 18; }
  int operator()(const ast::AlterDefaultPrivileges&) const { return 18; }
  template <class Node>
  int operator()(const Node&) const {
    return 15;
  }
};

struct WaitsForRows {
  bool operator()(const ast::CreateTableAs&) const { return true; }
  bool operator()(const ast::RefreshMaterializedView&) const { return true; }
  bool operator()(const ast::CreateTrigger&) const { return true; }
  bool operator()(const ast::SelectStatement&) const { return true; }
  bool operator()(const ast::DoBlock&) const { return true; }
  bool operator()(const ast::AlterTable& alter) const { return PhaseOf()(alter) != Phase::pre_data; }
  bool operator()(const ast::Opaque&) const { return true; }
  template <class Node>
  bool operator()(const Node&) const {
    return ast::changes_rows<Node>;
  }
};

}  // namespace

Phase phase_wish(const ast::Statement& statement) {
  const Phase phase = std::visit(PhaseOf(), statement.node);
  return statement.after_rows && phase == Phase::pre_data ? Phase::post_data : phase;
}

int rank_wish(const ast::Statement& statement) {
  return std::visit(RankOf(), statement.node);
}

bool waits_for_rows(const ast::Statement& statement) {
  return statement.after_rows || std::visit(WaitsForRows(), statement.node);
}

}  // namespace pg2crdb::order

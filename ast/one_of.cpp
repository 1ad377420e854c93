#include "ast/one_of.h"

#include "ast/plpgsql.h"
#include "ast/statement.h"

namespace pg2crdb::ast {

template <class... Nodes>
OneOf<Nodes...>::OneOf() = default;
template <class... Nodes>
OneOf<Nodes...>::OneOf(const OneOf& other) = default;
template <class... Nodes>
OneOf<Nodes...>::OneOf(OneOf&& other) noexcept = default;
template <class... Nodes>
OneOf<Nodes...>& OneOf<Nodes...>::operator=(const OneOf& other) = default;
template <class... Nodes>
OneOf<Nodes...>& OneOf<Nodes...>::operator=(OneOf&& other) noexcept = default;
template <class... Nodes>
OneOf<Nodes...>::~OneOf() = default;

template <class... Nodes>
OneOf<Nodes...>::OneOf(size_t place, void* node) {
  ((place == place_of<Nodes>()
        ? static_cast<void>(Base::template emplace<Nodes>(std::move(*static_cast<Nodes*>(node))))
        : void()),
   ...);
}

/// Uses all of them, so that they are compiled here.
template <class Node>
struct Members;
template <class... Nodes>
struct Members<OneOf<Nodes...>> {
  using Node = OneOf<Nodes...>;
  static Node first() { return {}; }
  static void assign(Node& node, const Node& other) { node = other; }
  static Node copy(const Node& other) { return other; }
  static void move(Node& node, Node& other) { node = Node(std::move(other)); }
  static void each(Node& node) { ((node = Nodes()), ...); }
};
template struct Members<Expr::Node>;
template struct Members<decltype(FromItem::node)>;
template struct Members<AlterCommand>;
template struct Members<StatementNode>;
template struct Members<decltype(RowStatement::node)>;
template struct Members<decltype(plpgsql::Value::node)>;
template struct Members<plpgsql::Rows>;
template struct Members<decltype(plpgsql::Declaration::node)>;
template struct Members<decltype(plpgsql::Statement::node)>;

}  // namespace pg2crdb::ast

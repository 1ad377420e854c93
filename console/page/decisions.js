// What stands in pg2crdb.toml.

function drawDecisions(state) {
  const list = state.decisions.map((decision, index) => decisionCard(decision, index));
  document
    .querySelector('#decisions .content')
    .replaceChildren(
      make('p', {class: 'about'}, 'All of it stands in ', make('code', null, state.configuration), ', and counts in CI as it counts here.'),
      list.length === 0 ? make('p', null, 'Nothing is decided yet.') : make('ol', {class: 'plain'}, list),
    );
}

function decisionCard(decision, index) {
  const about = [
    decision.rule && ['rule ', make('code', null, decision.rule), ' '],
    decision.object && ['objects ', make('code', null, decision.object), ' '],
    decision.find && [decision.regular_expression ? 'each that fits ' : 'each ', make('code', null, decision.find), ' becomes ', make('code', null, decision.sql || '(nothing)'), ' '],
    decision.position && (decision.statement ? `${decision.position} this statement ` : `${decision.position} of all `),
    decision.until && `until ${decision.until} `,
    decision.statements > 0 && `(${counted(decision.statements, 'statement')})`,
  ];
  return make(
    'li',
    {class: 'statement'},
    make('p', null, badge('fate-moved', decision.action), ' ', about),
    make('p', {class: 'note'}, `${decision.reason} — ${decision.place}`),
    decision.statement &&
      (decision.action === 'replace'
        ? changePanes(decision.statement, decision.sql)
        : pane('Statement', [decision.statement])),
    decision.action === 'add' && pane('Added', [decision.sql]),
    make(
      'button',
      {
        type: 'button',
        'data-key': `take ${index}`,
        'aria-label': `Take out: ${decision.action} ${decision.rule || decision.object || decision.statement.slice(0, 40)}`,
        onclick: () => attempt(() => tell('/api/remove', {decision: index})),
      },
      'Take out',
    ),
  );
}

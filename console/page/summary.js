// The verdict, and what is to be done by rule: required fixes, and suggestions.

const fateNames = {
  needs_person: 'need a person',
  rewritten: 'rewritten',
  merged: 'merged',
  moved: 'moved',
  kept: 'kept',
  dropped: 'left out',
};

function drawSummary(state) {
  const required = state.rules.filter((rule) => rule.severity === 'error');
  const suggestions = state.rules.filter((rule) => rule.severity === 'warning');
  const infos = state.rules.filter((rule) => rule.severity === 'info');
  const open = state.errors + state.warnings + state.infos;
  document.querySelector('#summary .content').replaceChildren(
    verdictOf(state),
    make(
      'ul',
      {class: 'tiles'},
      tile('error', state.errors, 'required fixes'),
      tile('warning', state.warnings, 'suggestions'),
      tile('info', state.infos, 'notes'),
      tile('acknowledged', state.acknowledged, 'acknowledged'),
      tile('none', state.points, 'points of effort'),
    ),
    make(
      'p',
      {class: 'about'},
      `${counted(state.statements.read, 'statement')}: `,
      Object.entries(fateNames)
        .filter(([fate]) => state.statements[fate] > 0)
        .map(([fate, name], i) => `${i > 0 ? ', ' : ''}${number(state.statements[fate])} ${name}`)
        .join(''),
      state.rows > 0 ? `; ${counted(state.rows, 'row')} to be loaded.` : '.',
    ),
    ruleTable('Required Fixes', required, 'CockroachDB would refuse these, or data would be lost.'),
    ruleTable('Suggestions', suggestions, 'Behaviour or speed changes: somebody has to look.'),
    make(
      'details',
      {'data-key': 'infos', class: 'infos'},
      make('summary', null, `${counted(state.infos, 'note')}, worth knowing`),
      ruleTable('Notes', infos, ''),
    ),
    open === 0 ? make('p', null, 'Nothing is left to be decided.') : '',
  );
}

function tile(kind, count, text) {
  return make('li', {class: `tile ${kind}`}, make('strong', null, number(count)), ` ${text}`);
}

function verdictOf(state) {
  const next = state.failed
    ? state.errors > 0
      ? 'Work down the required fixes: edit, delete or acknowledge what they are about.'
      : 'Statements need a person, and nobody has decided on them.'
    : 'The schema can be made on a cluster: go to Migrate.';
  return make(
    'div',
    {class: `verdict ${state.failed ? 'failed' : 'passed'}`},
    make('p', {class: 'headline'}, state.failed ? 'Ready for review' : 'Ready to migrate'),
    make('p', null, next),
  );
}

function ruleTable(title, rules, about) {
  const open = rules.filter((rule) => rule.open > 0);
  const done = rules.length - open.length;
  return make(
    'div',
    {class: 'rules'},
    make('h3', null, title),
    about && make('p', {class: 'about'}, about),
    open.length === 0
      ? make('p', null, 'None left.')
      : table(
          title,
          ['Rule', 'What is found', 'Left', 'Effort', 'Actions'],
          open.toSorted((a, b) => b.points - a.points || b.open - a.open),
          100,
          ruleCells,
        ),
    done > 0 && make('p', {class: 'note'}, `${counted(done, 'rule')} done.`),
  );
}

function ruleCells(rule) {
  const show = make(
    'button',
    {
      type: 'button',
      class: 'link',
      'data-key': `show ${rule.id}`,
      onclick: () => showStatements({rule: rule.id}),
    },
    rule.id,
  );
  return [
    show,
    [make('span', null, rule.summary), make('br'), make('span', {class: 'note'}, rule.advice)],
    rule.open,
    rule.points > 0 ? `${number(rule.points)} (${rule.work})` : '',
    make(
      'div',
      {class: 'buttons'},
      rule.id === 'missing-role' && decideButton({action: 'add-user', rule: rule.id}, `add-user ${rule.id}`, rule.id),
      decideButton({action: 'acknowledge', rule: rule.id}, `acknowledge ${rule.id}`, rule.id),
      rule.severity === 'error' && decideButton({action: 'delete', rule: rule.id}, `delete ${rule.id}`, rule.id),
      rule.severity === 'error' && decideButton({action: 'keep', rule: rule.id}, `keep ${rule.id}`, rule.id),
    ),
  ];
}

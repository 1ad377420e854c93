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
  let headline = 'Ready to migrate';
  let next = 'The schema can be made on a cluster: go to Migrate.';
  if (state.failed && state.errors > 0) {
    headline = `Not ready: ${state.errors === 1 ? '1 required fix is left' : `${number(state.errors)} required fixes are left`}`;
    next = 'Work them down: edit, delete or acknowledge what they are about.';
  } else if (state.failed) {
    headline = 'Not ready: somebody has to decide';
    next = 'Statements need a person, and nobody has decided on them.';
  }
  return make(
    'div',
    {class: `verdict ${state.failed ? 'failed' : 'passed'}`},
    make('p', {class: 'headline'}, headline),
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
      : tableOfRules(title, open),
    done > 0 && make('p', {class: 'note'}, `${counted(done, 'rule')} done.`),
  );
}

/** Its name is on it already, as the heading above. */
function tableOfRules(title, rules) {
  const area = table(
    title,
    ['Rule', 'What is found', 'Left', 'Effort', 'Actions'],
    rules.toSorted((a, b) => b.points - a.points || b.open - a.open),
    100,
    ruleCells,
  );
  area.querySelector('caption').remove();
  return area;
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
      decideButton({action: 'acknowledge', rule: rule.id}, `acknowledge ${rule.id}`, rule.id, {severity: rule.severity}),
      rule.severity === 'error' && decideButton({action: 'delete', rule: rule.id}, `delete ${rule.id}`, rule.id),
      rule.severity === 'error' && decideButton({action: 'keep', rule: rule.id}, `keep ${rule.id}`, rule.id),
    ),
  ];
}

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
  const [consequences, causes] = [state.rules.filter(isConsequence), state.rules.filter((rule) => !isConsequence(rule))];
  const required = causes.filter((rule) => rule.severity === 'error');
  const suggestions = causes.filter((rule) => rule.severity === 'warning');
  const infos = causes.filter((rule) => rule.severity === 'info');
  const open = state.errors + state.warnings + state.infos;
  document.querySelector('#summary .content').replaceChildren(
    verdictOf(state),
    make(
      'ul',
      {class: 'tiles'},
      tile('error', openIn(required), 'required fix', 'required fixes'),
      openIn(consequences) > 0 && tile('error', openIn(consequences), 'consequence'),
      tile('warning', openIn(suggestions), 'suggestion'),
      tile('info', openIn(infos), 'note'),
      tile('acknowledged', state.acknowledged, 'acknowledged', 'acknowledged'),
      tile('none', state.points, 'point of effort', 'points of effort'),
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
    consequences.length > 0 ? ruleTable('Consequences', consequences, 'They go out by themselves once what they wait for does.') : '',
    ruleTable('Suggestions', suggestions, 'Behaviour or speed changes: somebody has to look.'),
    make(
      'details',
      {'data-key': 'infos', class: 'infos'},
      make('summary', null, `${counted(openIn(infos), 'note')}, worth knowing`),
      ruleTable('Notes', infos, ''),
    ),
    open === 0 ? make('p', null, 'Nothing is left to be decided.') : '',
    choicesOf(state),
    downloads(state),
  );
}

/** It waits for others, and goes away with them. */
const isConsequence = (rule) => rule.work === 'look again';

const openIn = (rules) => rules.reduce((sum, rule) => sum + rule.open, 0);

/** What all of it is compiled into: keys of the configuration. */
function choicesOf(state) {
  return make(
    'details',
    {'data-key': 'choices', class: 'choices'},
    make('summary', null, `Choices: ${state.choices.map((one) => `${one.key} ${one.value}`).join(', ')}`),
    make('p', {class: 'about'}, 'They hold for the whole input, and are written into ', make('code', null, state.configuration), '.'),
    state.choices.map((one) => {
      const select = choice(one.values.map((value) => [value, value]), one.value);
      return make(
        'form',
        {
          class: 'filters',
          'aria-label': one.about,
          onsubmit: (event) => {
            event.preventDefault();
            attempt(async () => {
              await tell('/api/choose', {key: one.key, value: select.value});
              announce(`${one.key} = "${select.value}": written into the configuration, compiling.`);
            });
          },
        },
        labelled(one.about, select),
        one.option
          ? make('p', {class: 'note'}, `It was started with ${one.option}, which wins.`)
          : make('button', {type: 'submit', 'data-key': `choose ${one.key}`}, 'Choose'),
      );
    }),
  );
}

/** What is there so far, as files; also while something is left to do. */
function downloads(state) {
  const button = (path, name, text) =>
    make(
      'button',
      {
        type: 'button',
        'data-key': `download ${name}`,
        onclick: () =>
          attempt(async () => {
            const link = make('a', {href: URL.createObjectURL(new Blob([await askText(path)])), download: name});
            link.click();
            setTimeout(() => URL.revokeObjectURL(link.href), 10000);
          }),
      },
      text,
    );
  return make(
    'div',
    {class: 'downloads'},
    make('h3', null, 'Take it along'),
    make('div', {class: 'buttons'}, button('/api/output', 'schema.sql', 'Download schema.sql'), button('/api/report', 'report.html', 'Download the report')),
    command(state.compile),
  );
}

function tile(kind, count, one, many = `${one}s`) {
  return make('li', {class: `tile ${kind}`}, make('strong', null, number(count)), ` ${count === 1 ? one : many}`);
}

function verdictOf(state) {
  let headline = 'Ready to migrate';
  let next = 'The schema can be made on a cluster: go to Migrate.';
  if (state.failed && state.errors > 0) {
    const consequences = openIn(state.rules.filter(isConsequence));
    const fixes = openIn(state.rules.filter((rule) => rule.severity === 'error' && !isConsequence(rule)));
    headline = `Not ready: ${fixes === 1 ? '1 required fix is left' : `${number(fixes)} required fixes are left`}`;
    if (consequences > 0) headline += `, and ${counted(consequences, 'consequence')}`;
    next = 'Work them down: edit, delete or acknowledge what they are about.';
  } else if (state.failed) {
    headline = 'Not ready: somebody has to decide';
    next =
      state.unacknowledged > 0
        ? `${counted(state.unacknowledged, 'statement needs', 'statements need')} a person, and nobody has decided on them.`
        : `fail_on is ${state.fail_on}: ${state.fail_on === 'info' ? 'notes count, too' : 'suggestions count, too'}.`;
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
    [make('span', null, sentence(rule.summary)), ' ', badge('none', rule.category), make('br'), make('span', {class: 'note'}, sentence(rule.advice))],
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

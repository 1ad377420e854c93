// Statement by statement: the dump's text beside what goes out, and what can be decided on each.

const pageSize = 50;
const chosen = {rule: '', severity: '', object: '', text: '', fate: '', open: true, decided: false, offset: 0};
const openStatements = new Set();
let listed = 0;

/** The list as it was asked for, by rule or text, in front. */
function showStatements(choice) {
  Object.assign(chosen, {rule: '', severity: '', object: '', text: '', fate: '', open: true, decided: false, offset: 0}, choice);
  location.hash = '#statements';
  drawFilters();
  loadStatements(true);
}

function filterField(name, label, control) {
  control.value = chosen[name];
  control.addEventListener(
    'input',
    whenQuiet(() => {
      chosen[name] = control.value.trim();
      chosen.offset = 0;
      loadStatements();
    }),
  );
  return labelled(label, control);
}

function filterBox(name, label) {
  const box = make('input', {type: 'checkbox', checked: chosen[name]});
  box.addEventListener('change', () => {
    chosen[name] = box.checked;
    chosen.offset = 0;
    loadStatements();
  });
  return make('label', {class: 'check'}, box, ` ${label}`);
}

function drawFilters() {
  const rules = (current?.rules ?? []).map((rule) => [rule.id, `${rule.id} (${number(rule.open)})`]);
  const select = (options) => choice([['', 'all'], ...options], '');
  document.querySelector('#statements .filters').replaceChildren(
    filterField('text', 'Text', make('input', {type: 'search', placeholder: 'name or SQL'})),
    filterField('rule', 'Rule', select(rules)),
    filterField('severity', 'Severity', select([['error', 'required fix'], ['warning', 'suggestion'], ['info', 'note']])),
    filterField('object', 'Object', make('input', {type: 'text', placeholder: 'public.*'})),
    filterField('fate', 'What became of it', select(Object.entries(fateNames))),
    make('div', null, filterBox('open', 'with open findings'), filterBox('decided', 'decided on')),
  );
}

async function loadStatements(focus = false) {
  const mine = ++listed;
  const answer = await attempt(() =>
    ask('/api/statements', {
      ...chosen,
      open: chosen.open ? 1 : '',
      decided: chosen.decided ? 1 : '',
      offset: chosen.offset || '',
      limit: pageSize,
    }),
  );
  if (answer === undefined || mine !== listed) return;
  if (answer.statements.length === 0 && chosen.offset > 0) {
    chosen.offset = 0;
    loadStatements(focus);
    return;
  }
  keepingFocus(() => {
    const from = answer.total === 0 ? 0 : chosen.offset + 1;
    document.querySelector('#statements .count').textContent =
      `${number(from)} to ${number(chosen.offset + answer.statements.length)} of ${counted(answer.total, 'statement')}`;
    document.querySelector('#statements .list').replaceChildren(...answer.statements.map(statementCard));
    document.querySelector('#statements .pages').replaceChildren(
      pageButton('Previous', -pageSize, chosen.offset > 0),
      pageButton('Next', pageSize, chosen.offset + pageSize < answer.total),
    );
  });
  if (focus) focusScreen();
}

function pageButton(text, step, possible) {
  return make(
    'button',
    {
      type: 'button',
      'data-key': text,
      disabled: !possible,
      onclick: () => {
        chosen.offset = Math.max(0, chosen.offset + step);
        loadStatements(true);
      },
    },
    text,
  );
}

function statementCard(statement) {
  const open = statement.findings.filter((finding) => finding.acknowledged === undefined);
  const worst = ['error', 'warning', 'info'].find((kind) => open.some((finding) => finding.severity === kind));
  const card = unfolding(
    {class: 'statement', 'data-id': statement.id},
    [
      badge(`fate-${statement.fate}`, statement.fate === 'needs_person' ? 'needs a person' : fateNames[statement.fate]),
      ' ',
      make('code', null, statement.kind),
      ' ',
      make('strong', null, statement.object),
      ' ',
      make('span', {class: 'place'}, `${statement.file}:${statement.line}`),
      ' ',
      worst && badge(worst, counted(open.length, 'finding')),
      statement.decisions.map((decision) => [' ', badge('fate-moved', decision.action)]),
    ],
    () => statementContent(statement),
  );
  card.firstChild.setAttribute('data-key', `statement ${statement.id}`);
  if (openStatements.has(statement.id) || chosen.rule !== '') {
    card.fill();
    card.open = true;
  }
  card.addEventListener('toggle', () => openStatements[card.open ? 'add' : 'delete'](statement.id));
  return card;
}

function statementContent(statement) {
  const isHeld = statement.fate === 'needs_person';
  const result = isHeld ? heldBack : 'For CockroachDB';
  const origin = statement.added ? 'As it was added' : 'In the dump';
  let texts;
  if (statement.unchanged) texts = pane(isHeld ? heldBack : 'Goes out as it is', [statement.source]);
  else if (statement.output === undefined) texts = pane(origin, [statement.source]);
  else {
    const [before, after] = markChanges(statement.source, statement.output);
    texts = make('div', {class: 'sides'}, pane(origin, before), pane(result, after));
  }
  const edited = statement.decisions.find((decision) => decision.in_dump !== undefined);
  return make(
    'div',
    {class: 'body'},
    statement.reason !== '' && make('p', null, sentence(statement.reason)),
    edited && make('details', null, make('summary', null, 'As the dump had it'), changePanes(edited.in_dump, statement.source)),
    texts,
    statement.findings.map((finding) => findingOf(statement, finding)),
    statementButtons(statement),
  );
}

function findingOf(statement, finding) {
  const key = `${statement.id} ${finding.rule} ${finding.object}`;
  const open = finding.acknowledged === undefined;
  return make(
    'div',
    {class: 'finding'},
    make(
      'p',
      null,
      badge(open ? finding.severity : 'acknowledged', open ? finding.severity : 'acknowledged'),
      ' ',
      sentence(finding.message),
      ' ',
      make('code', null, finding.rule),
    ),
    make('p', {class: 'advice'}, sentence(finding.advice)),
    references(finding.references),
    finding.notes.map((note) => make('p', {class: 'note'}, sentence(note))),
    open
      ? make(
          'div',
          {class: 'buttons'},
          decideButton({action: 'acknowledge', rule: finding.rule, object: finding.object}, `acknowledge ${key}`, finding.message, {severity: finding.severity}),
          finding.rule === 'missing-role' &&
            decideButton({action: 'add-user', rule: finding.rule, object: finding.object}, `add-user ${key}`, finding.object),
        )
      : make('p', {class: 'note'}, `${finding.acknowledged.by}: ${finding.acknowledged.reason}`),
  );
}

/** One more, above or below it. */
function addBeside(statement, position, name) {
  return decideButton({action: 'add', statement: statement.id, position}, `add ${position} ${statement.id}`, name, {
    label: `Add ${position}`,
    beside: statement.source,
  });
}

function statementButtons(statement) {
  if (statement.masked) return make('p', {class: 'note'}, 'It holds a password, and is decided on by rule and object.');
  const about = (action) => ({action, statement: statement.id});
  const key = (action) => `${action} ${statement.id}`;
  const name = `${statement.kind} ${statement.object}`;
  const can = (action, label) => decideButton(about(action), key(action), name, {label, original: statement.source});
  return make(
    'div',
    {class: 'buttons'},
    can('replace', 'Edit'),
    addBeside(statement, 'above', name),
    addBeside(statement, 'below', name),
    statement.fate !== 'dropped' && can('delete', 'Delete'),
    ['needs_person', 'dropped', 'rewritten'].includes(statement.fate) && can('keep', 'Keep'),
    statement.decisions.map((decision) =>
      make(
        'button',
        {
          type: 'button',
          'data-key': `remove ${statement.id} ${decision.index}`,
          onclick: () => attempt(() => tell('/api/remove', {decision: decision.index})),
        },
        `Take back: ${decision.action}`,
      ),
    ),
  );
}

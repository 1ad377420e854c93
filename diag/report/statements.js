// Statement by statement: what the dump says beside what CockroachDB gets.

function statements(report) {
  const all = [...report.statements, ...report.added];
  const text = make('input', {type: 'search', placeholder: 'name or SQL'});
  const present = Object.entries(fates).filter(([id]) => all.some((one) => one.fate === id));
  const fate = choice(
    [
      ['', 'all'],
      ...present.map(([id, name]) => [id, `${name} (${number(all.filter((one) => one.fate === id).length)})`]),
    ],
    present[0]?.[0] ?? '',
  );
  const kind = choice(
    [
      ['', 'all'],
      ...mostFirst(groupedBy(all, (one) => one.kind)).map(([id, list]) => [id, `${id} (${number(list.length)})`]),
    ],
    '',
  );
  const withFindings = make('input', {type: 'checkbox'});
  const count = make('p', {role: 'status', class: 'count'});
  const results = make('div', {class: 'results'});
  const update = () => {
    const wanted = text.value.trim().toLowerCase();
    const list = all.filter(
      (one) =>
        (fate.value === '' || one.fate === fate.value) &&
        (kind.value === '' || one.kind === kind.value) &&
        (!withFindings.checked || one.findings.length > 0) &&
        (wanted === '' ||
          one.object.toLowerCase().includes(wanted) ||
          (one.source ?? one.output ?? '').toLowerCase().includes(wanted)),
    );
    count.textContent = `${number(list.length)} of ${counted(all.length, 'statement')}`;
    results.replaceChildren(inSteps(make('div', {class: 'statements'}), list, 50, statementRow));
  };
  const filters = make(
    'form',
    {class: 'filters', role: 'search', 'aria-label': 'Statements', onsubmit: (event) => event.preventDefault()},
    labelled('Text', text),
    labelled('What became of it', fate),
    labelled('Command', kind),
    make('label', {class: 'check'}, withFindings, ' with findings'),
  );
  const quiet = whenQuiet(update);
  filters.addEventListener('input', (event) => (event.target === text ? quiet() : update()));
  update();
  return section('statements', 'Statements', all.length === 0 ? make('p', null, 'None.') : [filters, count, results]);
}

function statementRow(statement) {
  const worst = severities.find((kind) => statement.findings.some((finding) => finding.shown === kind));
  return unfolding(
    {class: 'statement'},
    [
      badge(`fate-${statement.fate}`, fates[statement.fate]),
      ' ',
      make('code', null, statement.kind),
      ' ',
      make('strong', null, statement.object),
      ' ',
      make('span', {class: 'place'}, statement.place),
      ' ',
      worst && badge(worst, counted(statement.findings.length, 'finding')),
    ],
    () => statementBody(statement, true),
  );
}

/** The reason, the two texts, and the findings where they do not stand around it. */
function statementBody(statement, withFindings) {
  const into = intoWhichMerged(statement);
  return [
    statement.reason !== '' &&
      make('p', null, capitalized(fates[statement.fate]), ': ', sentence(statement.reason), '.'),
    statement.acknowledged && make('p', null, 'Somebody decided to do without it.'),
    statement.passes.length > 0 &&
      make(
        'p',
        {class: 'note'},
        'Changed by ',
        statement.passes.map((pass, i) => [i > 0 && ', ', make('code', null, pass)]),
      ),
    sides(statement, into),
    withFindings &&
      statement.findings.map((finding) =>
        make(
          'p',
          null,
          badge(finding.shown, finding.severity),
          ' ',
          sentence(finding.message),
          ' ',
          make(
            'button',
            {type: 'button', class: 'link', onclick: () => showFindings({rule: finding.rule})},
            finding.rule,
          ),
        ),
      ),
  ];
}

function sides(statement, into) {
  const {source} = statement;
  if (source === undefined) return statement.output && pane('For CockroachDB', [statement.output]);
  if (statement.unchanged) return pane(statement.fate === 'needs_person' ? heldBack : 'Goes out as it is', [source]);
  if (into !== undefined)
    return make(
      'div',
      {class: 'sides'},
      pane('In the dump', [source]),
      pane(`Part of ${into.kind} ${into.object}`, [into.output ?? into.source]),
    );
  if (statement.output === undefined) return pane('In the dump', [source]);
  const [before, after] = markChanges(source, statement.output);
  const result = statement.fate === 'needs_person' ? heldBack : 'For CockroachDB';
  return make('div', {class: 'sides'}, pane('In the dump', before), pane(result, after));
}

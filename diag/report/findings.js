// Findings: chosen by text, severity, rule and fate, grouped, and made when they are looked at.

/** Set once the section is there: goes to the findings that fit. */
let showFindings = () => {};

function findings(report) {
  const all = report.findings;
  const words = new Map();
  const wordsOfFinding = (finding) => {
    if (!words.has(finding))
      words.set(
        finding,
        [
          finding.message,
          finding.object,
          finding.rule,
          finding.place,
          finding.statement?.object ?? '',
          ...finding.notes,
        ]
          .join('\n')
          .toLowerCase(),
      );
    return words.get(finding);
  };
  const text = make('input', {type: 'search', placeholder: 'name, rule, place ...'});
  const shown = Object.fromEntries(
    [...severities, 'acknowledged'].map((kind) => [kind, make('input', {type: 'checkbox', checked: true})]),
  );
  const rules = mostFirst(groupedBy(all, (finding) => finding.rule));
  const rule = choice([['', 'all'], ...rules.map(([id, list]) => [id, `${id} (${number(list.length)})`])], '');
  const fate = choice(
    [['', 'all'], ...Object.entries(fates).filter(([id]) => all.some((finding) => finding.statement?.fate === id))],
    '',
  );
  const group = choice(
    [
      ['rule', 'rule'],
      ['severity', 'severity'],
      ['object', 'object'],
    ],
    'rule',
  );
  const count = make('p', {role: 'status', class: 'count'});
  const results = make('div', {class: 'results'});
  const chosen = () => {
    const wanted = text.value.trim().toLowerCase();
    return all.filter(
      (finding) =>
        shown[finding.shown].checked &&
        (rule.value === '' || finding.rule === rule.value) &&
        (fate.value === '' || finding.statement?.fate === fate.value) &&
        (wanted === '' || wordsOfFinding(finding).includes(wanted)),
    );
  };
  const update = () => {
    const list = chosen();
    count.textContent = `${number(list.length)} of ${counted(all.length, 'finding')}`;
    results.replaceChildren(findingGroups(list, group.value, rule.value !== '' || text.value !== ''));
  };
  const filters = make(
    'form',
    {class: 'filters', role: 'search', 'aria-label': 'Findings', onsubmit: (event) => event.preventDefault()},
    labelled('Text', text),
    make(
      'fieldset',
      null,
      make('legend', null, 'Severity'),
      Object.entries(shown)
        .filter(([kind]) => all.some((finding) => finding.shown === kind))
        .map(([kind, box]) => make('label', {class: 'check'}, box, ` ${severityNames[kind].toLowerCase()}`)),
    ),
    labelled('Rule', rule),
    labelled('Fate of the statement', fate),
    labelled('Group by', group),
  );
  const quiet = whenQuiet(update);
  filters.addEventListener('input', (event) => (event.target === text ? quiet() : update()));
  update();
  const whole = section(
    'findings',
    'Findings',
    all.length === 0 ? make('p', null, 'None.') : [filters, count, results],
  );
  showFindings = (wanted) => {
    text.value = wanted.text ?? '';
    rule.value = wanted.rule ?? '';
    fate.value = '';
    for (const box of Object.values(shown)) box.checked = true;
    update();
    whole.querySelector('h2').focus();
    whole.scrollIntoView();
  };
  return whole;
}

function findingGroups(list, by, open) {
  const keys = {
    rule: (finding) => finding.rule,
    severity: (finding) => finding.shown,
    object: (finding) => finding.statement?.object || finding.object || 'the run',
  };
  const groups = mostFirst(groupedBy(list, keys[by]));
  const rank = (group) =>
    Math.min(...group[1].map((finding) => [...severities, 'acknowledged'].indexOf(finding.shown)));
  if (by !== 'object') groups.sort((a, b) => rank(a) - rank(b));
  const only = groups.length === 1 || (open && list.length <= 10);
  return inSteps(make('div', {class: 'groups'}), groups, 30, ([key, items]) => {
    const common = by === 'rule' ? commonAdvice(items) : '';
    const details = unfolding({class: 'group'}, make('h3', null, groupTitle(by, key, items)), () => [
      common !== '' && make('p', {class: 'advice'}, sentence(common)),
      by === 'rule' && command(items[0].docs),
      inSteps(make('div'), items, 20, (finding) => findingCard(finding, by, common === '')),
    ]);
    if (only) {
      details.fill();
      details.open = true;
    }
    return details;
  });
}

/** What is said once where a rule's findings all ask for the same. */
function commonAdvice(items) {
  return items.every((one) => one.advice === items[0].advice) ? items[0].advice : '';
}

function groupTitle(by, key, items) {
  const kinds = groupedBy(items, (finding) => finding.shown);
  const counts = kinds.map(([kind, list]) =>
    badge(kind, counted(list.length, kind, kind === 'acknowledged' ? kind : undefined)),
  );
  const summary = by === 'rule' && items[0].summary;
  return [
    by === 'severity' ? severityNames[key] : make('code', null, key),
    ' ',
    counts,
    summary && [' ', make('span', {class: 'summary'}, sentence(summary))],
  ];
}

function findingCard(finding, by, withAdvice) {
  return make(
    'article',
    {class: 'finding', 'data-rule': finding.rule},
    make(
      'p',
      null,
      badge(finding.shown, finding.severity),
      ' ',
      sentence(finding.message),
      by !== 'rule' && [' ', make('code', {class: 'rule'}, finding.rule)],
    ),
    make('p', {class: 'place'}, capitalized(finding.place)),
    excerpt(finding),
    finding.notes.map((note) => make('p', {class: 'note'}, 'Note: ', sentence(note))),
    withAdvice && finding.advice !== '' && make('p', {class: 'advice'}, sentence(finding.advice)),
    references(finding.references),
    finding.fixed_in && make('p', {class: 'note'}, `From CockroachDB ${finding.fixed_in} on nothing has to be done.`),
    finding.acknowledged &&
      make('p', {class: 'note'}, `Acknowledged (${finding.acknowledged.by}): ${finding.acknowledged.reason}`),
    finding.statement?.source !== undefined &&
      unfolding({class: 'again'}, 'Statement, and what became of it', () => statementBody(finding.statement, false)),
  );
}

/** The line of the source that a finding begins in, with its place marked. */
function excerpt(finding) {
  const source = finding.statement?.source;
  if (source === undefined) return null;
  const {start, end} = finding.span;
  const first = finding.statement.span.start;
  const line = source.split('\n')[start.line - first.line];
  if (line === undefined || line.length > 2000) return null;
  const characters = [...line];
  const indented = start.line === first.line ? first.column : 1;
  const begin = start.column - indented;
  const behind = end.line === start.line ? end.column - indented : characters.length;
  return make(
    'pre',
    {class: 'excerpt'},
    make('span', {class: 'line', 'aria-hidden': 'true'}, `${start.line} `),
    characters.slice(0, begin).join(''),
    make('mark', null, characters.slice(begin, behind).join('')),
    characters.slice(behind).join(''),
  );
}

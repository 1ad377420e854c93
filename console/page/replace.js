// Find and replace: all at once through the form of every decision, or one by one, each looked at before.

const search = {find: '', sql: '', regular_expression: false, object: '', at: 0, from: 0, total: 0, hits: []};

function replaceForm() {
  const find = make('input', {type: 'text', required: true, autocomplete: 'off', spellcheck: 'false'});
  const by = make('input', {type: 'text', autocomplete: 'off', spellcheck: 'false'});
  const object = make('input', {type: 'text', placeholder: '* (all)', autocomplete: 'off'});
  const expression = make('input', {type: 'checkbox', 'data-key': 'regular expression'});
  const hint = make('p', {class: 'note', hidden: true}, 'As grep -E takes it. In what replaces it, \\1 is what the first parentheses fit, and \\& all of it.');
  expression.addEventListener('change', () => {
    hint.hidden = !expression.checked;
  });
  const wanted = () => ({find: find.value, sql: by.value, object: object.value.trim(), regular_expression: expression.checked || undefined});
  const area = make('div', {class: 'hits', hidden: true});
  return make(
    'details',
    {class: 'replace'},
    make('summary', null, 'Find and replace in all statements'),
    make(
      'form',
      {
        class: 'filters',
        'aria-label': 'Find and replace',
        onsubmit: (event) => {
          event.preventDefault();
          Object.assign(search, wanted(), {at: 0, replaced: false, reason: lastReason});
          showHit(area);
        },
      },
      labelled('Find', find),
      labelled('Replace with', by),
      labelled('Objects', object),
      make('label', {class: 'check'}, expression, ' Regular expression'),
      make(
        'div',
        {class: 'buttons'},
        make('button', {type: 'submit', 'data-key': 'find one by one'}, 'One by one'),
        make(
          'button',
          {
            type: 'button',
            'data-key': 'replace all',
            onclick: () => {
              if (find.reportValidity()) openDecision({action: 'replace', ...wanted()});
            },
          },
          'Replace all …',
        ),
      ),
    ),
    hint,
    area,
  );
}

/** Asks for the hits around the one that is looked at, where they are not here. */
async function loadHits(anew) {
  const isHere = search.at >= search.from && search.at < search.from + search.hits.length;
  if (isHere && !anew) return;
  search.from = Math.max(0, search.at - 10);
  const {find, sql, object, regular_expression, from} = search;
  const answer = await tell('/api/hits', {action: 'replace', find, sql, object, regular_expression, from, reason: '...'});
  Object.assign(search, {total: answer.total, hits: answer.hits, statements: answer.statements, masked: answer.masked});
}

async function showHit(area, anew = true) {
  const focus = area.contains(document.activeElement) ? document.activeElement.getAttribute('data-key') : 'replace this';
  const done = await attempt(async () => {
    await loadHits(anew);
    if (search.at >= search.total && search.total > 0) {
      search.at = search.total - 1;
      await loadHits(false);
    }
    return true;
  });
  if (!done) return;
  area.hidden = false;
  area.replaceChildren(...(search.total === 0 ? noHit() : hitParts(area)));
  const again = area.querySelector(`[data-key="${focus}"]:not(:disabled)`) ?? area.querySelector('button:not(:disabled), p');
  again?.focus();
}

function noHit() {
  const hidden = search.masked > 0 ? ` ${counted(search.masked, 'statement holds', 'statements hold')} a password, and ${search.masked === 1 ? 'is' : 'are'} not looked at.` : '';
  return [make('p', {role: 'status', tabindex: '-1'}, `Nothing ${search.replaced ? 'more ' : ''}is found.${hidden}`)];
}

function hitParts(area) {
  const hit = search.hits[search.at - search.from];
  const reason = make('input', {type: 'text', value: search.reason, required: true, autocomplete: 'off'});
  const go = (step) => () => {
    search.reason = reason.value;
    search.at += step;
    showHit(area, false);
  };
  const button = (key, text, onclick, more = {}) => make('button', {type: 'button', 'data-key': key, onclick, ...more}, text);
  return [
    make(
      'p',
      {role: 'status'},
      make('strong', null, `${number(search.at + 1)} of ${counted(search.total, 'hit')}`),
      ` in ${counted(search.statements, 'statement')}: `,
      make('code', null, hit.kind),
      ` ${hit.object}`,
    ),
    make(
      'pre',
      {tabindex: '0', role: 'group', 'aria-label': 'What is found, and what it becomes'},
      make('code', null, hit.lead, make('del', null, hit.found), make('ins', null, hit.replacement), hit.tail),
    ),
    labelled('Reason, for those who read it later', reason),
    make(
      'div',
      {class: 'buttons'},
      button('replace this', 'Replace this', () => replaceHit(area, hit, reason), {class: 'primary'}),
      button('next hit', 'Next', go(1), {disabled: search.at + 1 >= search.total}),
      button('previous hit', 'Previous', go(-1), {disabled: search.at === 0}),
    ),
  ];
}

async function replaceHit(area, hit, reason) {
  if (!reason.reportValidity()) return;
  const {find, sql, regular_expression, total} = search;
  search.reason = lastReason = reason.value.trim();
  const done = await attempt(async () => {
    showCompiling();
    await tell('/api/decide', {action: 'replace', find, sql, regular_expression, statement: hit.statement, hit: hit.hit, reason: search.reason});
    return true;
  });
  if (!done) {
    showCompile(current);
    return;
  }
  announce('Replaced: written into the configuration, compiling.');
  search.replaced = true;
  await showHit(area);
  // What it became is found again: on to the one behind it.
  if (search.total === total && search.at + 1 < search.total) {
    search.at += 1;
    showHit(area, false);
  }
}

// The one form that every decision goes through: it shows what it will be about, the lines of pg2crdb.toml and the
// command that does the same, before anything is written.

const actions = {
  acknowledge: ['Acknowledge', 'The findings are all right as they are, and do not count any more.'],
  delete: ['Delete', 'The statement is left out, with its rows where it makes their table.'],
  keep: ['Keep', 'The statement goes out word for word, if CockroachDB reads it.'],
  'add-user': ['Add User', 'The role that the dump names is made as a user that may log in.'],
  replace: ['Replace', 'Other SQL is compiled in its place.'],
  add: ['Add', 'A statement that the input does not have is compiled with it.'],
};

let lastReason = '';

/**
 * Opens the form. `about`: action, and of rule, object, statement (its number), find, sql what is set; `original` is
 * the statement's text, `severity` that of the findings, `beside` the text of the statement that one is added beside.
 */
function openDecision(about, {original = '', severity = '', beside = ''} = {}) {
  const opener = document.activeElement;
  const isNew = about.action === 'add';
  const isAtAnEnd = isNew && about.statement === undefined;
  const hasText = isNew || (about.action === 'replace' && about.find === undefined);
  const object = make('input', {type: 'text', value: about.object ?? '', placeholder: '* (all)', autocomplete: 'off'});
  const reason = make('input', {type: 'text', value: lastReason, required: true, autocomplete: 'off'});
  const until = make('input', {type: 'date'});
  const sql = make('textarea', {rows: '14', spellcheck: 'false', class: 'sql'});
  sql.value = about.sql ?? original;
  const position = choice([['last', 'behind all others'], ['first', 'before all others: they need it']], 'last');
  const what = make('div', {class: 'preview', role: 'status'});
  const problem = make('p', {role: 'alert', class: 'problem'});
  const wanted = () => ({
    ...about,
    object: about.statement === undefined && !isNew ? object.value.trim() : undefined,
    sql: hasText ? sql.value : about.sql,
    position: isAtAnEnd ? position.value : about.position,
    reason: reason.value.trim(),
    until: until.value,
  });
  let asked = 0;
  const preview = async () => {
    const mine = ++asked;
    try {
      const seen = await tell('/api/decide', {...wanted(), reason: reason.value.trim() || '...', preview: true});
      const wrong = isOfErrors ? [await stillWrong(about.rule, object.value.trim())] : [];
      if (mine !== asked) return;
      what.replaceChildren(...wrong, ...decisionPreview(about, seen));
      problem.textContent = '';
    } catch (refused) {
      if (mine === asked) problem.textContent = refused.message;
    }
  };
  const confirm = make('button', {type: 'submit', class: 'primary'}, actions[about.action][0]);
  const [title, usual] = actions[about.action];
  const isOfErrors = about.action === 'acknowledge' && severity === 'error';
  const meaning = isOfErrors ? 'The findings do not count any more. Nothing else changes.' : usual;
  const form = make(
    'form',
    {
      method: 'dialog',
      onsubmit: async (event) => {
        event.preventDefault();
        confirm.disabled = true;
        try {
          lastReason = reason.value.trim();
          showCompiling();
          await tell('/api/decide', wanted());
          dialog.close('done');
          announce(`${title}: written into the configuration, compiling.`);
        } catch (refused) {
          showCompile(current);
          problem.textContent = `${refused.message}${refused.advice ? `: ${refused.advice}` : ''}`;
        }
        confirm.disabled = false;
      },
    },
    make('h2', {id: 'dialog-title'}, title, about.rule ? [' ', make('code', null, about.rule)] : ''),
    make('p', {class: 'about'}, meaning),
    about.statement === undefined && !isNew && labelled('Objects, * stands for anything', object),
    hasText && labelled('SQL, one statement of PostgreSQL’s', sql),
    isAtAnEnd && labelled('Where', position),
    isNew && !isAtAnEnd && pane(`${capitalized(about.position)} this statement`, [beside]),
    labelled('Reason, for those who read it later', reason),
    labelled('Holds until (left empty: for good)', until),
    problem,
    what,
    make(
      'div',
      {class: 'buttons'},
      confirm,
      make('button', {type: 'button', onclick: () => dialog.close()}, 'Cancel'),
    ),
  );
  const dialog = make('dialog', {'aria-labelledby': 'dialog-title'}, form);
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
    else document.getElementById('main').focus();
  });
  form.addEventListener('input', whenQuiet(preview));
  document.body.append(dialog);
  dialog.showModal();
  (hasText ? sql : reason).focus();
  preview();
}

/** What errors that are acknowledged leave as it is. */
async function stillWrong(rule, object) {
  const count = async (fate) => (await ask('/api/statements', {rule, object, fate, severity: 'error', open: 1, limit: 1})).total;
  const [held, out, all] = await Promise.all([count('needs_person'), count('dropped'), count('')]);
  const lines = [
    [held, 'stays held back, as a comment in the output', 'stay held back, as comments in the output', 'what is made there will not exist on the cluster'],
    [out, 'stays left out', 'stay left out', 'what is made there will not exist on the cluster'],
    [all - held - out, 'goes out as shown', 'go out as shown', 'what the findings say holds on'],
  ];
  return make(
    'ul',
    {class: 'verdict failed'},
    lines
      .filter(([number]) => number > 0)
      .map(([number, one, many, then]) => make('li', null, `${counted(number, `statement ${one}`, `statements ${many}`)}: ${then}.`)),
  );
}

function decisionPreview(about, seen) {
  const ofFindings = about.action === 'acknowledge' || about.action === 'add-user';
  const count = ofFindings ? counted(seen.findings, 'finding') : counted(seen.statements, 'statement');
  const isText = about.find !== undefined;
  return [
    make('p', null, make('strong', null, about.action === 'add' ? 'One statement more is read.' : `It is about ${count}.`)),
    !ofFindings &&
      about.action !== 'add' &&
      about.statement === undefined &&
      make(
        'details',
        {open: isText},
        make('summary', null, seen.statements > seen.first.length ? `The first ${seen.first.length}` : 'Which ones'),
        seen.first.map((one) =>
          isText
            ? make('div', null, make('p', null, `${one.kind} ${one.object}`), changePanes(one.before, one.after))
            : make('p', null, make('code', null, one.kind), ' ', one.object),
        ),
      ),
    make(
      'details',
      null,
      make('summary', null, 'What is written, and the command that does the same'),
      make('pre', {tabindex: '0', role: 'group', 'aria-label': 'pg2crdb.toml'}, make('code', null, seen.toml)),
      seen.command === ''
        ? make('p', {class: 'note'}, 'No command says the same: no line has this statement alone. The lines above do.')
        : command(seen.command),
    ),
  ].filter(Boolean);
}

function changePanes(before, after) {
  const [left, right] = markChanges(before, after);
  return make('div', {class: 'sides'}, pane('Before', left), pane('After', right));
}

/** A button for a decision about `name`, with `more` for its form. `key` finds it again when the page is drawn anew. */
function decideButton(about, key, name, {label = actions[about.action][0], ...more} = {}) {
  return make(
    'button',
    {
      type: 'button',
      'data-key': key,
      'aria-label': `${label}: ${name}`,
      onclick: () => openDecision(about, more),
    },
    label,
  );
}

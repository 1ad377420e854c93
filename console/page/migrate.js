// The steps on a cluster. Each is a command of this program, shown as it is run.

const stepTexts = {
  rehearse: ['Try the migration', 'Tries every statement in a database that is made for it and dropped, and names all errors.'],
  schema: ['Migrate Schema', 'Makes the whole schema: for a dump without rows.'],
  tables: ['Make the tables', 'Roles, schemas, types and tables, without foreign keys: before rows are loaded.'],
  load: ['Load the rows', 'From the dump, or from --source.'],
  'post-data': ['Finish the schema', 'Indexes, foreign keys, views, triggers, privileges.'],
  revalidate: ['Revalidate', 'Validates every constraint that is not.'],
  verify: ['Verify', 'Compares every row with where it came from.'],
};
const statusTexts = {
  0: 'done',
  1: 'findings, or statements that were refused',
  2: 'wrong usage, or the input cannot be read',
  3: 'loaded, with rejected rows',
  4: 'something differs',
  5: 'stopped: it can be gone on with',
  6: 'a sample is equal',
};
const runArea = make('div', {id: 'run'});
let runFrom = 0;
let runLines = [];
let watching = false;
let ended = {};

function stepTitle(step) {
  return step === 'rehearse' && ended.rehearse !== undefined ? 'Retry Migration' : stepTexts[step][0];
}

function drawMigrate(state) {
  const content = document.querySelector('#migrate .content');
  if (state.target === '') {
    content.replaceChildren(
      make('p', null, 'Start the console with a cluster to work on:'),
      command(`pg2crdb console ${shellWord(state.input)} --target postgresql://root@localhost:26257/shop`),
      make('p', null, 'These are the steps, as commands:'),
      make('ol', {class: 'plain'}, state.steps.map((step) => make('li', null, stepTitle(step.id), command(step.command)))),
    );
    return;
  }
  content.replaceChildren(
    make('p', {class: 'about'}, 'On ', make('code', null, state.target), state.source ? [' from ', make('code', null, state.source)] : '', '.'),
    databaseForm(state),
    state.failed ? make('p', {class: 'verdict failed'}, 'Required fixes are left: the commands refuse the dump until they are decided on.') : '',
    make(
      'ol',
      {class: 'plain steps'},
      state.steps.map((step) =>
        make(
          'li',
          {class: 'statement', 'data-step': step.id},
          make('h3', null, stepTitle(step.id), ' ', make('span', {class: 'ended'}, endedBadge(step.id))),
          make('p', {class: 'about'}, stepTexts[step.id][1]),
          command(step.command),
          runButton(step.id, false, 'Run'),
        ),
      ),
    ),
  );
  placeRun();
}

/** The form as it stands, where somebody has typed into it what the steps do not work on yet. */
let typedForm;

/** The database that the steps work on, and who owns it where they make it. */
function databaseForm(state) {
  if (typedForm !== undefined) return typedForm;
  const database = make('input', {type: 'text', value: state.database, required: true, autocomplete: 'off', spellcheck: 'false', 'data-key': 'database'});
  const owner = make('input', {type: 'text', value: state.owner, autocomplete: 'off', spellcheck: 'false', placeholder: 'who makes it', 'data-key': 'owner'});
  const create = make('input', {type: 'checkbox', checked: state.creates_database, 'data-key': 'create database'});
  owner.disabled = !create.checked;
  create.addEventListener('change', () => {
    owner.disabled = !create.checked;
    if (owner.disabled) owner.value = '';
  });
  const form = make(
    'form',
    {
      class: 'filters',
      'aria-label': 'Database',
      oninput: () => {
        typedForm = form;
      },
      onsubmit: (event) => {
        event.preventDefault();
        attempt(async () => {
          await tell('/api/target', {database: database.value.trim(), create: create.checked, owner: owner.value.trim()});
          typedForm = undefined;
          announce('The steps work on this database now.');
        });
      },
    },
    labelled('Database', database),
    make('label', {class: 'check'}, create, ' Make it where it is not there'),
    labelled('Owner of a new database', owner),
    make('button', {type: 'submit', 'data-key': 'choose database'}, 'Use it'),
  );
  return form;
}

/** How a step ended that was run before. */
function endedBadge(step) {
  const status = ended[step];
  return status === undefined ? '' : badge(status === 0 ? 'passed' : 'failed', statusTexts[status] ?? `status ${status}`);
}

/** What a step says stands with it. */
function placeRun() {
  const step = document.querySelector(`#migrate [data-step="${runArea.dataset.of}"]`);
  if (step && runArea.parentNode !== step) step.append(runArea);
}

function runButton(step, resume, text) {
  return make(
    'button',
    {
      type: 'button',
      class: 'primary',
      'data-key': `run ${step} ${resume}`,
      'aria-label': `${text}: ${stepTitle(step)}`,
      onclick: () => startRun(step, resume),
    },
    text,
  );
}

async function startRun(step, resume) {
  if ((await attempt(() => tell('/api/run', {step, resume}))) === undefined) return;
  announce(`${stepTitle(step)} has begun.`);
  runFrom = 0;
  runLines = [];
  watchRun();
}

async function watchRun() {
  if (watching) return;
  watching = true;
  for (;;) {
    const run = await attempt(() => ask('/api/run', {from: runFrom || undefined}));
    if (run === undefined || run.step === '') break;
    ended = run.ended;
    runLines.push(...run.lines);
    runFrom = run.next;
    drawRun(run);
    if (!run.running) {
      announce(`${stepTitle(run.step)}: ${statusText(run)}.`);
      if (current) keepingFocus(() => drawMigrate(current));
      break;
    }
    await pause(300);
  }
  watching = false;
}

function statusText(run) {
  if (run.running) return 'at work';
  return statusTexts[run.status] ?? `status ${run.status}`;
}

function drawRun(run) {
  const progress = run.progress;
  const isOther = runArea.dataset.of !== run.step;
  runArea.dataset.of = run.step;
  placeRun();
  for (const button of document.querySelectorAll('#migrate [data-key^="run "]')) button.disabled = run.running;
  const share = progress?.expected > 0 ? Math.min(1, progress.rows / progress.expected) : undefined;
  keepingFocus(() =>
    runArea.replaceChildren(
      make('h4', null, capitalized(statusText(run))),
      run.command === current?.steps.find(({id}) => id === run.step)?.command ? '' : command(run.command),
      run.running && progress
        ? make(
            'p',
            null,
            make('progress', {max: '1', value: share, 'aria-label': 'Rows'}),
            ` ${counted(progress.rows, 'row')}, ${number(progress.rows_per_second)} a second, ${progress.table}`,
          )
        : '',
      run.running
        ? make('button', {type: 'button', 'data-key': 'stop', onclick: () => attempt(() => tell('/api/stop'))}, 'Stop')
        : '',
      !run.running && run.status === 5 && run.step !== 'rehearse' && run.step !== 'revalidate'
        ? runButton(run.step, true, 'Go on')
        : '',
      run.step === 'rehearse' && !run.running && run.printed.startsWith('{') ? rehearsed(JSON.parse(run.printed)) : '',
      runLines.length > 0
        ? make('pre', {tabindex: '0', role: 'log', 'aria-label': 'What it says'}, make('code', null, runLines.join('\n')))
        : '',
      !run.running && run.printed !== '' && run.step !== 'rehearse'
        ? make('pre', {tabindex: '0', role: 'group', 'aria-label': 'What it printed'}, make('code', null, run.printed))
        : '',
    ),
  );
  if (isOther) runArea.scrollIntoView({block: 'nearest'});
}

/** The server's errors: those that stand for themselves, each with what only follows from it. */
function rehearsed(answer) {
  const roots = answer.errors.map((error, i) => ({error, i})).filter(({error}) => error.because === undefined);
  if (answer.errors.length === 0)
    return make('p', {class: 'verdict passed'}, `The cluster took all of ${counted(answer.tried, 'statement')}.`);
  return make(
    'div',
    null,
    make('p', {class: 'verdict failed'}, `${counted(roots.length, 'error')}, and ${counted(answer.errors.length - roots.length, 'consequence')}, which may go away with them.`),
    make(
      'ol',
      {class: 'plain errors'},
      roots.map(({error, i}) => {
        const follows = answer.errors.filter((other) => other.because === i);
        return make(
          'li',
          {class: 'statement'},
          serverError(error, true),
          follows.length > 0 &&
            make('details', null, make('summary', null, counted(follows.length, 'consequence')), follows.map((other) => serverError(other, false))),
        );
      }),
    ),
  );
}

/** What a server says, with the addresses of CockroachDB's issues in it as links. */
function withLinks(text) {
  return text
    .split(/(https:\/\/go\.crdb\.dev\/[\w./-]*\w)/)
    .map((part, i) => (i % 2 === 1 ? referenceLink({text: part, url: part}, 0) : part));
}

function serverError(error, withSql) {
  return make(
    'div',
    {class: 'finding'},
    make('p', null, make('code', null, `${error.kind} ${error.object}`), ' ', make('span', {class: 'place'}, `${error.file}:${error.line}`)),
    make('p', null, withLinks(error.message), ' ', make('code', null, error.sqlstate)),
    withSql && pane('As it was run', [error.sql]),
    make(
      'button',
      {
        type: 'button',
        'aria-label': `Show the statement of ${error.object}`,
        onclick: () => showStatements({text: error.object, open: false}),
      },
      'Show the statement',
    ),
  );
}

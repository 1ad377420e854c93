// The frame: the screens, of which one is shown, and what is drawn anew when the state changes.

let current;

const screens = {
  summary: ['Summary', () => [make('div', {class: 'content'})]],
  statements: [
    'Statements',
    () => [
      make('form', {class: 'filters', role: 'search', 'aria-label': 'Statements', onsubmit: (event) => event.preventDefault()}),
      replaceForm(),
      make('div', {class: 'buttons'}, decideButton({action: 'add'}, 'add', 'a statement', {label: 'Add a statement'})),
      make('p', {role: 'status', class: 'count'}),
      make('div', {class: 'list'}),
      make('div', {class: 'buttons pages'}),
    ],
  ],
  decisions: ['Decisions', () => [make('div', {class: 'content'})]],
  migrate: ['Migrate', () => [make('div', {class: 'content'})]],
};

/** Draws, and gives the focus back to what is the same as before. */
function keepingFocus(draw) {
  const active = document.activeElement;
  const key = active?.getAttribute('data-key');
  const inside = active?.closest('section');
  const unfolded = [...document.querySelectorAll('details[data-key][open]')].map((one) => one.getAttribute('data-key'));
  draw();
  for (const one of document.querySelectorAll('details[data-key]'))
    if (unfolded.includes(one.getAttribute('data-key'))) one.open = true;
  if (active === null || document.activeElement === active) return;
  if (active.isConnected) {
    active.focus({preventScroll: true});
    return;
  }
  const again = key && [...document.querySelectorAll('[data-key]')].find((one) => one.getAttribute('data-key') === key);
  (again ?? inside?.querySelector('h2'))?.focus({preventScroll: true});
}

function showScreen() {
  const wanted = location.hash.slice(1);
  const id = screens[wanted] ? wanted : 'summary';
  for (const name of Object.keys(screens)) document.getElementById(name).hidden = name !== id;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#${id}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${screens[id][0]} – pg2crdb console`;
}

/** From its beginning, with the header in sight. */
function focusScreen() {
  scrollTo({top: 0, behavior: 'instant'});
  document.querySelector('main > section:not([hidden]) h2')?.focus({preventScroll: true});
}

/** What is decided is on its way. Said before it is sent: the program may have compiled it before the answer is here. */
function showCompiling() {
  const status = document.getElementById('status');
  status.textContent = 'Compiling …';
  status.classList.add('busy');
}

function showCompile(state) {
  if (state.compiling) {
    showCompiling();
    return;
  }
  const status = document.getElementById('status');
  status.textContent = state.compile_ms > 0 ? `Compiled in ${number(state.compile_ms)} ms` : 'Compiled';
  status.classList.remove('busy');
}

function drawState(state) {
  if (state.unreachable) {
    document.getElementById('status').textContent = `The console does not answer: ${state.unreachable}`;
    return;
  }
  const first = current === undefined;
  current = state;
  document.getElementById('about').replaceChildren(
    make('code', null, state.input),
    ` for CockroachDB ${state.crdb}; decisions go into `,
    make('code', null, state.configuration),
  );
  showCompile(state);
  const undo = document.getElementById('undo');
  undo.disabled = state.undo === 0;
  undo.textContent = state.undo > 0 ? `Undo (${state.undo})` : 'Undo';
  const failure = document.getElementById('failure');
  failure.hidden = state.error === '';
  failure.textContent = state.error === '' ? '' : `It does not compile: ${state.error}. ${state.advice} What is shown is from before.`;
  if (state.compiling && !first) return;
  keepingFocus(() => {
    drawSummary(state);
    drawDecisions(state);
    drawMigrate(state);
    if (first || !document.querySelector('#statements form').contains(document.activeElement)) drawFilters();
  });
  loadStatements();
}

function frame() {
  const header = document.querySelector('header');
  header.before(make('div', {class: 'title'}, make('h1', null, 'pg2crdb console'), make('p', {id: 'about', class: 'about'})));
  header.append(
    make(
      'nav',
      {'aria-label': 'Screens'},
      make('ul', null, Object.entries(screens).map(([id, [title]]) => make('li', null, make('a', {href: `#${id}`, onclick: () => setTimeout(focusScreen)}, title)))),
    ),
    make(
      'div',
      {class: 'bar-of-state'},
      make('span', {id: 'status', role: 'status'}),
      make('button', {type: 'button', id: 'undo', disabled: true, onclick: () => attempt(() => tell('/api/undo'))}, 'Undo'),
      make('button', {type: 'button', onclick: () => attempt(() => tell('/api/compile'))}, 'Compile again'),
    ),
    make('p', {id: 'news', role: 'status', class: 'note'}),
    make('p', {id: 'problem', role: 'alert', class: 'problem'}),
    make('p', {id: 'failure', role: 'alert', class: 'verdict failed', hidden: true}),
  );
  document.getElementById('main').replaceChildren(
    ...Object.entries(screens).map(([id, [title, parts]]) => section(id, title, parts())),
  );
}

addEventListener('DOMContentLoaded', () => {
  takeToken();
  frame();
  showScreen();
  addEventListener('hashchange', () => {
    showScreen();
    focusScreen();
  });
  follow(drawState);
  watchRun();
});

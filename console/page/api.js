// What is asked of the program, and what it says by itself: the state of the compile.

const tokenKey = 'pg2crdb-token';

/** The token comes behind `#` once; a reload finds it in this tab alone. */
function takeToken() {
  const given = location.hash.slice(1);
  if (/^[0-9a-f]{32}$/.test(given)) {
    sessionStorage.setItem(tokenKey, given);
    history.replaceState(null, '', '/');
  }
  return sessionStorage.getItem(tokenKey) ?? '';
}

/** The answer as an object; throws an Error with `advice` where it is refused. */
async function ask(path, parameters = {}, body = undefined) {
  const answer = await send(path, parameters, body);
  return answer.status === 204 ? {} : answer.json();
}

const askText = async (path) => (await send(path, {})).text();

async function send(path, parameters, body) {
  const query = new URLSearchParams(
    Object.entries(parameters).filter(([, value]) => value !== '' && value !== undefined),
  ).toString();
  const options = {headers: {'X-Pg2crdb-Token': sessionStorage.getItem(tokenKey) ?? ''}};
  if (body !== undefined) {
    options.method = 'POST';
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(query === '' ? path : `${path}?${query}`, options);
  if (answer.ok) return answer;
  const content = await answer.json();
  const problem = new Error(content.error ?? `status ${answer.status}`);
  problem.advice = content.advice;
  throw problem;
}

const tell = (path, body = {}) => ask(path, {}, body);

/** Says something to everybody, screen readers too. */
function announce(text, isProblem = false) {
  const area = document.getElementById(isProblem ? 'problem' : 'news');
  area.textContent = text;
  if (!isProblem) document.getElementById('problem').textContent = '';
}

/** Runs `action`; what goes wrong is said. */
async function attempt(action) {
  try {
    return await action();
  } catch (problem) {
    announce(`${problem.message}${problem.advice ? `: ${problem.advice}` : ''}`, true);
    return undefined;
  }
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Until somebody looks at the tab. */
const inSight = () =>
  document.hidden ? new Promise((done) => document.addEventListener('visibilitychange', done, {once: true})).then(inSight) : undefined;

/** Calls `changed` with the state now, and each time that it is another one. A tab that nobody looks at asks nothing. */
async function follow(changed) {
  let seen = 0;
  for (;;) {
    try {
      await inSight();
      const state = await ask('/api/state', {seen: seen || undefined});
      if (state.seen === seen) await pause(1000);  // other tabs wait, too
      else changed(state);
      seen = state.seen;
    } catch (problem) {
      changed({unreachable: problem.message});
      await pause(2000);
    }
  }
}

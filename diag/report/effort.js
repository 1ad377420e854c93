// The estimate: points come with the report, what a point is the reader says.

function effort(report) {
  const estimate = report.effort;
  if (estimate === undefined) return null;
  const sum = make('output', {class: 'sum', for: 'minutes'});
  const times = [];
  const minutes = make('input', {
    type: 'number',
    id: 'minutes',
    min: '0.1',
    step: 'any',
    value: '1',
    inputmode: 'decimal',
  });
  const perPoint = () => (Number(minutes.value) > 0 ? Number(minutes.value) : 1);
  const time = (points) => {
    const cell = make('span', {class: 'time'}, duration(points * perPoint()));
    times.push([cell, points]);
    return cell;
  };
  const update = () => {
    for (const [cell, points] of times) cell.textContent = duration(points * perPoint());
    sum.textContent = estimate.points === 0 ? 'Nothing to do' : `About ${duration(estimate.points * perPoint())}`;
  };
  minutes.addEventListener('input', update);
  const work = new Map(estimate.work.map((one) => [one.id, one]));
  const known = make(
    'div',
    {class: 'estimate'},
    sum,
    make('p', null, `${counted(estimate.points, 'point')} on ${counted(estimate.objects.length, 'object')}.`),
    labelled('Minutes a point', minutes),
  );
  update();
  return section(
    'effort',
    'Effort',
    make(
      'p',
      null,
      'An estimate, by what kind of work each finding asks for: it ranks the work and says its order of magnitude. ' +
        'A point is about a minute of somebody who knows the schema; set what it is for you. ' +
        'Loading, testing applications and switching over are not in it.',
    ),
    known,
    estimate.objects.length > 0 &&
      table('Effort by object', ['Object', 'Points', 'Time', 'Why'], estimate.objects, 15, (object) => [
        objectButton(object.object),
        object.points,
        time(object.points),
        make(
          'ul',
          {class: 'plain'},
          object.rules.map((rule) =>
            make(
              'li',
              null,
              `${number(rule.points)}: ${rule.findings > 1 ? `${number(rule.findings)} x ` : ''}`,
              make('code', null, rule.rule),
              `, ${work.get(rule.work).what}`,
            ),
          ),
        ),
      ]),
    unfolding(null, 'How points are given', () => [
      table(
        'Points by kind of work',
        ['Work', 'First of a rule', 'Each', 'Why'],
        estimate.work.map((one) => [one.what, one.first, one.each, sentence(one.why)]),
      ),
      make(
        'p',
        null,
        'Errors in functions, policies, triggers and views are rewritten by hand, other errors are definitions; ' +
          'warnings are decisions; infos ask for nothing, and so does what is acknowledged.',
      ),
    ]),
  );
}

/** No more precise than an estimate is. */
function duration(minutes) {
  if (minutes < 55) return `${Math.max(5, Math.ceil(minutes / 5) * 5)} minutes`;
  const hours = minutes / 60;
  if (hours < 16) return counted(hours < 4 ? Math.round(hours * 2) / 2 : Math.round(hours), 'hour');
  return counted(hours < 80 ? Math.round(hours / 4) / 2 : Math.round(hours / 8), 'day');
}

/** Goes to the findings of an object. */
function objectButton(object) {
  if (object === '') return 'the run';
  return make(
    'button',
    {type: 'button', class: 'link', title: `Findings on ${object}`, onclick: () => showFindings({text: object})},
    object,
  );
}

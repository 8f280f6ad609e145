// The sheet from top to bottom: ruler, shots, cuts, curves, on-screen text, and a lane per dimension with its records.

const heading = (title, about) => make('span', { class: 'name', title: about ?? null }, title);
const byRole = (kind, keep = () => true) => page.documents.map((_, side) => itemsOf(kind, side).filter(keep));

const shotBox = (item) => {
  const strip = item.side === 0 ? page.pictures[item.index] : [];
  return option(item, 'shot', make('span', { class: 'strip' }, ...strip.map(picture)), make('span', { class: 'number' }, String(item.index + 1)));
};

const stem = (item) => {
  const element = option(item, `stem ${item.change === 'hard_cut' ? 'hard' : 'gradual'}`);
  element.style.setProperty('--score', String(item.score));
  return element;
};

const shotRow = () =>
  block('shots', 'Shots', [heading('Shots', 'Spans between two changes')], byRole('shot'), shotBox, pairs.get('shots'));

const cutRow = () =>
  block('cuts', 'Cuts', [heading('Cut score', "The detector's certainty, 0 to 1; a gradual change is as wide as it lasts"), make('span', { class: 'value' }, '0 – 1')],
    byRole('cut'), stem, pairs.get('boundaries'));

// An area under the values; what was not measured is left open.
const outline = ({ values, low, high }) => {
  const height = (value) => (100 * (1 - between((value - low) / (high - low), 0, 1))).toFixed(1);
  const parts = [];
  let open = false;
  values.forEach((value, index) => {
    if (value === null) {
      if (open) parts.push(`L${index} 100Z`);
      open = false;
      return;
    }
    parts.push(`${open ? 'L' : `M${index} 100L`}${index} ${height(value)}L${index + 1} ${height(value)}`);
    open = true;
  });
  if (open) parts.push(`L${values.length} 100Z`);
  return parts.join('');
};

const curveRow = (curve) => {
  const range = `${curve.low} – ${curve.high} ${curve.unit}`;
  const value = make('span', { class: 'value' }, range);
  const length = duration / curve.step;
  const shape = draw('svg', { viewBox: `0 0 ${length} 100`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${curve.title}, ${range}` },
    draw('path', { d: outline(curve) }));
  axis.onPoint((time) => {
    const at = time === null ? null : curve.values[Math.min(curve.values.length - 1, Math.floor(time / curve.step))];
    value.textContent = time === null ? range : at === null || at === undefined ? 'not measured' : `${at.toFixed(2)} ${curve.unit}`;
    value.classList.toggle('live', time !== null);
  });
  return row('curve', [heading(curve.title), value], shape);
};

const textRow = () => block('texts', 'On-screen text', [heading('Text', 'Words read on the screen')], byRole('text'), bar, []);

// A boundary is too short for words: they stand behind it as on a flag.
const flag = (item) => {
  const element = bar(item);
  element.classList.add('flag');
  element.style.setProperty('--pole', `${(100 * (item.end - item.start)) / (item.until - item.start)}%`);
  return element;
};

// From the end of a hook to the moment at which its promise is kept.
const hook = (item) => {
  const element = bar(item);
  if (item.payoff === null) return element;
  const way = make('div', { class: 'payoff', 'aria-hidden': 'true' });
  way.style.setProperty('--row', String(item.row));
  return [place(way, Math.min(item.end, item.payoff), item.payoff), element];
};

const point = (item) => {
  if (item.level === null) return option(item, 'point unmeasured');
  const element = option(item, item.level > 0.5 ? 'point high' : 'point', make('span', { class: 'level' }), make('span', { class: 'word' }, item.words));
  element.style.setProperty('--level', String(item.level));
  return element;
};

const builders = { rationale: flag, tension: point, hook };
const recordRow = (kind) => {
  const scale = kind.name === 'tension' ? [make('span', { class: 'value' }, '0 – 1')] : [];
  return block(`record ${kind.name}`, `${kind.title} records`, [heading(kind.title, kind.definition), ...scale],
    byRole('record', (item) => item.record === kind.name), builders[kind.name] ?? bar, []);
};

const lane = ({ name, title }) => {
  const kinds = page.records.filter((kind) => kind.dimension === name);
  const fields = page.fields.filter((field) => field.dimension === name);
  const counts = page.documents.map((_, side) => items.filter((item) => isSaid(item) && item.side === side && item.dimension === name).length);
  const count = make('span', { class: 'count' }, counts.join(' / '));
  const rows = fields.map((field) =>
    block('field', words(field.name), [heading(words(field.name), field.definition)], byRole('label', (item) => item.field === field.name), bar,
      pairs.get(name)?.filter((pair) => pair.ends[0].field === field.name)));
  return make('section', { class: 'lane', 'data-dimension': name, 'aria-label': `${title}, ${counts.join(' over ')} labels and records` },
    row('title', [glyph(name), make('h3', {}, title), count]), ...rows, ...kinds.map(recordRow));
};

for (const { payoff } of items) {
  if (payoff !== null && payoff !== undefined) axis.track.append(place(make('div', { class: 'kept', title: `A hook is paid off at ${clock(payoff)}` }), payoff, payoff));
}

sheet.append(
  make('div', { class: 'row ruler', 'aria-hidden': 'true' }, make('div', { class: 'head' }), axis.track),
  shotRow(),
  cutRow(),
  ...page.curves.map(curveRow),
  ...(items.some((item) => item.kind === 'text') ? [textRow()] : []),
  ...page.dimensions.map(lane),
  axis.over,
);

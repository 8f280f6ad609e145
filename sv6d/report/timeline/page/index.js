// Sorting and filtering of the videos.

const body = document.querySelector('#videos tbody');
const rows = [...body.rows];
const search = document.getElementById('search');
const chips = [...document.querySelectorAll('.chip')];
const headings = [...document.querySelectorAll('[data-sort]')];
const chosen = { split: new Set(), decision: new Set(), reason: new Set() };
const texts = new Map(rows.map((row) => [row, `${row.cells[1].textContent} ${row.dataset.said}`.toLowerCase()]));

const fits = (row) => {
  const asked = search.value.trim().toLowerCase();
  const reasons = row.dataset.reasons.split(' ');
  return (!asked || texts.get(row).includes(asked))
    && (!chosen.split.size || chosen.split.has(row.dataset.split))
    && (!chosen.decision.size || chosen.decision.has(row.dataset.decision))
    && (!chosen.reason.size || reasons.some((reason) => chosen.reason.has(reason)));
};

const filter = () => {
  let shown = 0;
  for (const row of rows) {
    row.hidden = !fits(row);
    shown += row.hidden ? 0 : 1;
  }
  document.getElementById('hits').textContent = shown === rows.length ? '' : `${shown} of ${rows.length} videos`;
  document.getElementById('nothing').hidden = shown > 0;
};

// What was not measured comes last, whichever way the rest is sorted.
const order = (key, kind, direction) => (a, b) => {
  const [left, right] = [a.dataset[key], b.dataset[key]];
  if (!left || !right) return (left ? 0 : 1) - (right ? 0 : 1);
  return direction * (kind === 'number' ? Number(left) - Number(right) : left.localeCompare(right, undefined, { numeric: true }));
};

const sort = (button) => {
  const heading = button.closest('th');
  const { sort: key, kind } = button.dataset;
  const before = heading.getAttribute('aria-sort');
  // Numbers start with the largest: that is what one looks for.
  const next = before === 'none' ? (kind === 'number' ? 'descending' : 'ascending') : before === 'ascending' ? 'descending' : 'ascending';
  for (const each of headings) each.closest('th').setAttribute('aria-sort', 'none');
  heading.setAttribute('aria-sort', next);
  body.append(...rows.sort(order(key, kind, next === 'ascending' ? 1 : -1)));
};

for (const button of headings) button.addEventListener('click', () => sort(button));
for (const chip of chips) {
  chip.addEventListener('click', () => {
    const { filter: name, value } = chip.dataset;
    if (!chosen[name].delete(value)) chosen[name].add(value);
    chip.setAttribute('aria-pressed', String(chosen[name].has(value)));
    filter();
  });
}
search.addEventListener('input', filter);
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && event.target !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === 'Escape' && search.value) {
    search.value = '';
    filter();
  }
});

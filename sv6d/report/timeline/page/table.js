// The labels and records as a table: what the lanes show, for reading, for print and for screen readers.

const table = (() => {
  const body = document.querySelector('#table tbody');
  const order = new Map(page.dimensions.map(({ name }, index) => [name, index]));
  const byTime = (a, b) =>
    a.start - b.start || a.end - b.end || order.get(a.dimension) - order.get(b.dimension) || (a.key < b.key ? -1 : 1);

  const cited = (item) => item.evidence.map((id) => make('div', {}, evidenceWords(page.documents[item.side].evidence[id])));
  const distance = (item) => {
    if (item.kind === 'record') return 'not compared';
    if (!isJudged(item)) return 'left out';
    return item.partner ? item.partner.cost.toFixed(2) : 'no partner';
  };
  const more = (item) => {
    const told = item.kind === 'record' ? [item.more, paidOff(item)].filter(Boolean).join('; ') : '';
    return told ? make('small', {}, ` (${told})`) : null;
  };
  const line = (item) => {
    const at = make('button', { type: 'button', class: 'at', 'data-at': Math.round(item.start * 1e9) }, clock(item.start));
    return make('tr', {},
      make('td', {}, at, make('span', { class: 'to' }, ` – ${clock(item.end)}`)),
      two ? make('td', {}, SIDES[item.side]) : null,
      make('td', { class: 'dimension', 'data-dimension': item.dimension }, item.dimension),
      make('td', {}, titleOf(item)),
      make('th', { scope: 'row' }, valueOf(item), more(item)),
      make('td', { class: 'number' }, item.confidence === null ? '–' : item.confidence.toFixed(2)),
      make('td', { class: 'evidence' }, ...cited(item)),
      make('td', { class: 'check' }, verdictWords(item.check)),
      make('td', {}, sourceWords(item)),
      two ? make('td', { class: 'number' }, distance(item)) : null);
  };

  return {
    // Called when the page is up: half of the work of opening would go into what lies below the window.
    fill: () => {
      const said = items.filter(isSaid).sort(byTime);
      for (const item of said) item.line = line(item);
      body.append(...said.map((item) => item.line));
      filters.apply();
    },
  };
})();
